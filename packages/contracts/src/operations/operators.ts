import { z } from 'zod';
import {
  actionDone,
  actionPage,
  actionRequest,
  attentionPage,
  deadLetterCauses,
  deadLetterPage,
  discarded,
  gatheredActions,
  gatheredAttention,
  gatheredCauses,
  gatheredDeadLetters,
  gatheredDiscards,
  gatheredReplays,
  replayed,
} from '../http/operators';
import { pageQuery } from '../http/paging';
import { processReport, systemReport } from '../http/system';
import type { Operation } from './operation';

/** What differs between a service, which answers for itself, and the gateway, which gathers. */
interface Answers {
  query: z.ZodObject;
  attention: z.ZodType;
  actions: z.ZodType;
  deadLetters: z.ZodType;
  causes: z.ZodType;
  system: z.ZodType;
  replay: z.ZodType;
  discard: z.ZodType;
  repeatable: boolean;
}

const name = z.string().min(1).max(255);

const operationsWith = (answers: Answers): Operation[] => [
  {
    id: 'seeSystem',
    method: 'get',
    path: '/api/admin/system',
    who: 'admin',
    summary: 'How the processes are: readiness, breakers, consumers, outbox, event loop',
    answer: { status: 200, summary: 'As it is now', body: answers.system },
  },
  {
    id: 'listAttention',
    method: 'get',
    path: '/api/admin/attention',
    who: 'admin',
    summary: 'What is past its time, oldest first',
    query: pageQuery.extend(answers.query.shape),
    answer: { status: 200, summary: 'A page of it', body: answers.attention },
  },
  {
    id: 'actOnAttention',
    method: 'post',
    path: '/api/admin/attention/:kind/:subject/:action',
    params: { kind: name, subject: name, action: name },
    who: 'admin',
    summary: 'Do something about an item: one of its `actions`',
    body: actionRequest,
    repeatable: answers.repeatable,
    answer: { status: 200, summary: 'What came of it', body: actionDone },
    problems: ['reservation-live', 'nothing-to-do'],
  },
  {
    id: 'listActions',
    method: 'get',
    path: '/api/admin/actions',
    who: 'admin',
    summary: 'What operators did, and were refused, newest first',
    query: pageQuery.extend(answers.query.shape),
    answer: { status: 200, summary: 'A page of actions', body: answers.actions },
  },
  {
    id: 'listDeadLetters',
    method: 'get',
    path: '/api/admin/dead-letters',
    who: 'admin',
    summary: 'Events that were set aside, and those that wait behind them',
    query: pageQuery.extend(answers.query.shape),
    answer: { status: 200, summary: 'A page of dead letters', body: answers.deadLetters },
  },
  {
    id: 'listDeadLetterCauses',
    method: 'get',
    path: '/api/admin/dead-letters/causes',
    who: 'admin',
    summary: 'Dead letters by what they failed of',
    ...(Object.keys(answers.query.shape).length > 0 ? { query: answers.query } : {}),
    answer: { status: 200, summary: 'All causes', body: answers.causes },
  },
  {
    id: 'replayCause',
    method: 'post',
    path: '/api/admin/dead-letters/causes/:cause/replay',
    params: { cause: name },
    who: 'admin',
    summary: 'Apply all that failed of this cause again',
    query: answers.query,
    body: actionRequest,
    repeatable: answers.repeatable,
    answer: { status: 200, summary: 'How many were applied, and what failed again', body: answers.replay },
  },
  {
    id: 'replayDeadLetter',
    method: 'post',
    path: '/api/admin/dead-letters/:letter/replay',
    params: { letter: name },
    who: 'admin',
    summary: 'Apply the dead letters of this aggregate again',
    query: answers.query,
    body: actionRequest,
    repeatable: answers.repeatable,
    answer: { status: 200, summary: 'How many were applied, and what failed again', body: answers.replay },
  },
  {
    id: 'discardDeadLetter',
    method: 'post',
    path: '/api/admin/dead-letters/:letter/discard',
    params: { letter: name },
    who: 'admin',
    summary: 'Give one dead letter up for good; what waits behind it waits for a replay',
    query: answers.query,
    body: actionRequest,
    repeatable: answers.repeatable,
    answer: { status: 200, summary: 'It is given up', body: answers.discard },
  },
];

const ofOne = {
  query: z.object({}),
  ...{ attention: attentionPage, actions: actionPage, deadLetters: deadLetterPage, causes: deadLetterCauses },
  ...{ system: processReport, replay: replayed, discard: discarded },
};

/** Of every service with a database. */
export const operatorOperations = operationsWith({ ...ofOne, repeatable: true });

/** Of mypage, whose file is a cache and keeps no keys: a second time there is nothing left to do. */
export const replicaOperations = operationsWith({ ...ofOne, repeatable: false });

/** Of the gateway: of all services, or of the one that is named. */
export const gatheredOperations = operationsWith({
  query: z.object({ service: z.enum(['musical', 'reservation', 'payment', 'notification', 'mypage']).optional() }),
  ...{ attention: gatheredAttention, actions: gatheredActions, deadLetters: gatheredDeadLetters },
  ...{ system: systemReport, causes: gatheredCauses, replay: gatheredReplays, discard: gatheredDiscards },
  repeatable: true,
});
