import type { Discarded, Replayed } from '@outerpark/contracts/http/operators';
import type { Topic } from '@outerpark/contracts/topics';
import { errorMessage, problem } from '../errors';
import { findHeads, findLetter, type OpenLetter } from '../messaging/dead-letter-lists';
import { discardDeadLetter, replayDeadLetters } from '../messaging/dead-letters';
import type { MessageReader } from '../messaging/reading';
import { isPassingFailure } from '../postgres/failures';
import { perform, type ActionTools } from './actions';

export interface DeadLetterTools extends ActionTools {
  service: string;
  readers: Partial<Record<Topic, MessageReader>>;
}

type By = { operator: string; reason: string };

/** So many aggregates are replayed by one request, which must not take for ever; the rest is asked for again. */
const AT_ONCE = 500;

/** Applies the aggregate of a dead letter again. Throws `not-found`. */
export async function replayLetter(tools: DeadLetterTools, id: string, by: By): Promise<Replayed> {
  const letter = await findLetter(tools.store, id);
  if (!letter) throw problem('not-found', 'There is no such open dead letter');
  return replayAll(tools, [letter], by);
}

/** Applies all that waits for this cause again; what fails keeps only its own aggregate back. Throws `not-found`. */
export async function replayCause(tools: DeadLetterTools, cause: string, by: By): Promise<Replayed> {
  const letters = await findHeads(tools.store, cause, AT_ONCE);
  if (letters.length === 0) throw problem('not-found', 'No open dead letter has this cause');
  return replayAll(tools, letters, by);
}

/** Gives up one dead letter for good. Throws `not-found`. */
export async function discardLetter(tools: DeadLetterTools, id: string, by: By): Promise<Discarded> {
  const letter = await findLetter(tools.store, id);
  if (!letter) throw problem('not-found', 'There is no such open dead letter');
  await perform(tools, { ...by, action: 'discard', kind: 'dead-letter', subject: id }, async (tx) => {
    await discardDeadLetter(tx, letter.id, by.reason);
    return 'discarded';
  });
  return { service: tools.service, discarded: 1 };
}

async function replayAll(tools: DeadLetterTools, letters: OpenLetter[], by: By): Promise<Replayed> {
  const answer: Replayed = { service: tools.service, replayed: 0, failed: [] };
  for (const { topic, aggregate } of letters) {
    const act = { ...by, action: 'replay', kind: 'dead-letter', subject: `${topic}/${aggregate}` };
    try {
      let events = 0;
      await perform(tools, act, async (tx) => {
        events = await replayDeadLetters(tx, tools.readers, topic, aggregate);
        return `replayed ${events} events`;
      });
      answer.replayed += events;
    } catch (error) {
      if (isPassingFailure(error)) throw error;
      answer.failed.push({ topic, aggregate, why: errorMessage(error) });
    }
  }
  return answer;
}
