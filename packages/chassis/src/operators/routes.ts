import { actionRequest } from '@outerpark/contracts/http/operators';
import { pageQuery } from '@outerpark/contracts/http/paging';
import type { Request, RequestHandler, Router } from 'express';
import { problem } from '../errors';
import { requireRole } from '../http/auth';
import { idempotent, sendAnswer, type Answer, type IdempotencyStore } from '../http/idempotency';
import { parse } from '../http/validate';
import { listCauses, listDeadLetters } from '../messaging/dead-letter-lists';
import { listActions, perform, type Effect } from './actions';
import type { Attention } from './attention';
import { discardLetter, replayCause, replayLetter, type DeadLetterTools } from './dead-letters';
import { reportProcess, type SystemTools } from './system';

/** What can be done about a kind, and how: kind -> action -> effect. */
export type Actions = Record<string, Record<string, Effect>>;

export interface OperatorApi extends DeadLetterTools, SystemTools {
  attention: Attention;
  actions: Actions;
  /** Without it a repeated action finds that there is nothing left to do. */
  idempotency?: IdempotencyStore;
}

/** Adds what operators see and do in this service: `/api/admin/...`, for admins only. */
export function addOperatorRoutes(router: Router, api: OperatorApi): Router {
  const { service, store } = api;

  const list = (path: string, answer: (req: Request) => Promise<unknown>): void => {
    router.get(path, async (req, res) => {
      requireRole(req, 'admin');
      res.json(await answer(req));
    });
  };
  const write = (path: string, work: (req: Request, by: By) => Promise<unknown>): void => {
    const handle = async (req: Request): Promise<Answer> => {
      const { customerId: operator } = requireRole(req, 'admin');
      return { status: 200, body: await work(req, { operator, reason: parse(actionRequest, req.body).reason }) };
    };
    router.post(path, api.idempotency ? idempotent(api.idempotency, handle) : answering(handle));
  };

  list('/api/admin/system', () => reportProcess(api));
  list('/api/admin/attention', (req) => api.attention.list(parse(pageQuery, req.query, 'query')));
  list('/api/admin/actions', (req) => listActions(store, service, parse(pageQuery, req.query, 'query')));
  list('/api/admin/dead-letters', (req) => listDeadLetters(store, service, parse(pageQuery, req.query, 'query')));
  list('/api/admin/dead-letters/causes', async () => ({ items: await listCauses(store, service) }));

  write('/api/admin/attention/:kind/:subject/:action', async (req, by) => {
    const [kind, subject, action] = [param(req, 'kind'), param(req, 'subject'), param(req, 'action')];
    const effect = own(own(api.actions, kind), action);
    if (!effect) throw problem('not-found', 'There is no such action');
    const outcome = await perform(api, { ...by, action, kind, subject }, effect);
    return { kind, subject, action, outcome };
  });
  write('/api/admin/dead-letters/causes/:cause/replay', (req, by) => replayCause(api, param(req, 'cause'), by));
  write('/api/admin/dead-letters/:letter/replay', (req, by) => replayLetter(api, param(req, 'letter'), by));
  write('/api/admin/dead-letters/:letter/discard', (req, by) => discardLetter(api, param(req, 'letter'), by));
  return router;
}

interface By {
  operator: string;
  reason: string;
}

const answering =
  (handle: (req: Request) => Promise<Answer>): RequestHandler =>
  async (req, res) =>
    sendAnswer(res, await handle(req));

const param = (req: Request, name: string): string => String(req.params[name]);

const own = <T>(table: Record<string, T> | undefined, name: string): T | undefined =>
  table && Object.hasOwn(table, name) ? table[name] : undefined;
