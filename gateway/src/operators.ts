import { problem } from '@outerpark/chassis/errors';
import { requireRole } from '@outerpark/chassis/http/auth';
import { encodeCursor } from '@outerpark/chassis/http/paging';
import { parse } from '@outerpark/chassis/http/validate';
import { keysOfLetter } from '@outerpark/chassis/messaging/dead-letter-lists';
import { keysOf } from '@outerpark/chassis/operators/attention';
import {
  actionPage,
  attentionPage,
  deadLetterCauses,
  deadLetterPage,
  discarded,
  replayed,
} from '@outerpark/contracts/http/operators';
import { pageQuery, type Page } from '@outerpark/contracts/http/paging';
import type { SystemReport } from '@outerpark/contracts/http/system';
import type { Request, RequestHandler, Router } from 'express';
import type { z, ZodType } from 'zod';
import { gather, type Source } from './gather';
import type { ServiceName } from './routes';

type Keys = (string | number)[];

/** Who carries an action out, by its kind and its name; whether seats or money may be let go only reservation knows. */
const CARRIED_OUT_BY: Record<string, ServiceName> = {
  'intent/release': 'reservation',
  'hold/release': 'reservation',
  'saga/release': 'reservation',
  'payment/refund': 'reservation',
  'deferred/refund': 'reservation',
  'payment/retry': 'payment',
  'deferred/retry': 'payment',
  'refund/retry': 'payment',
  'notice/retry': 'notification',
  'failed-notice/resend': 'notification',
};

/** What one service answers for admins. */
const ANSWERED_BY: Record<string, ServiceName> = {
  '/api/admin/reservations': 'reservation',
  '/api/admin/sales': 'reservation',
  '/api/admin/seats': 'musical',
  '/api/admin/waiting-rooms': 'musical',
};

/** Adds the operators' routes: what all services say, as one list. For admins only, here and in each service. */
export function addOperatorRoutes(
  router: Router,
  sources: () => Source[],
  proxies: Record<ServiceName, RequestHandler>,
  seeSystem: (req: Request) => Promise<SystemReport>,
): Router {
  const asked = (req: Request): Source[] => {
    const { service } = req.query;
    if (service === undefined) return sources();
    const named = sources().filter((source) => source.service === service);
    if (named.length > 0) return named;
    throw problem('invalid-request', undefined, { errors: [{ path: 'service', message: 'There is no such service' }] });
  };
  const list = <Item>(path: string, page: ZodType<Page<Item>>, order: Order<Item>) =>
    router.get(path, admin, async (req, res) => {
      const { limit, cursor } = parse(pageQuery, req.query, 'query');
      const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
      const { answers, unreachable } = await gather(req, `${path}?${query.toString()}`, asked(req));
      res.json({
        ...merged(
          answers.map((answer) => page.parse(answer)),
          limit,
          order,
        ),
        unreachable,
      });
    });
  const replay = (path: string, answer: ZodType) =>
    router.post(path, admin, async (req, res) => {
      const { answers, unreachable } = await gather(req, req.path, asked(req));
      res.json({ items: answers.map((one) => answer.parse(one)), unreachable });
    });

  for (const [path, service] of Object.entries(ANSWERED_BY)) router.get(path, admin, proxies[service]);
  router.get('/api/admin/system', admin, async (req, res) => {
    res.json(await seeSystem(req));
  });
  list('/api/admin/attention', attentionPage, { keys: keysOf });
  list('/api/admin/actions', actionPage, { keys: ({ at, id }) => [at, id], newest: true });
  list('/api/admin/dead-letters', deadLetterPage, { keys: keysOfLetter });
  router.get('/api/admin/dead-letters/causes', admin, async (req, res) => {
    const { answers, unreachable } = await gather(req, '/api/admin/dead-letters/causes', asked(req));
    const items = answers.flatMap((answer) => deadLetterCauses.parse(answer).items);
    type Cause = z.infer<typeof deadLetterCauses>['items'][number];
    const keys = ({ service, cause }: Cause) => [service, cause];
    res.json({ items: distinct(items, keys).sort((a, b) => compare([a.since], [b.since])), unreachable });
  });
  replay('/api/admin/dead-letters/causes/:cause/replay', replayed);
  replay('/api/admin/dead-letters/:letter/replay', replayed);
  replay('/api/admin/dead-letters/:letter/discard', discarded);

  router.post('/api/admin/attention/:kind/:subject/:action', admin, (req, res, next) => {
    const action = `${String(req.params.kind)}/${String(req.params.action)}`;
    if (!Object.hasOwn(CARRIED_OUT_BY, action)) throw problem('not-found', 'There is no such action');
    return proxies[CARRIED_OUT_BY[action]!](req, res, next);
  });
  return router;
}

interface Order<Item> {
  /** What items are sorted by, and told apart by: the cursor's keys. */
  keys: (item: Item) => Keys;
  newest?: boolean;
}

/** One page of all: each of them gave its own first items, so that the first of all are among them. */
function merged<Item>(pages: Page<Item>[], limit: number, { keys, newest = false }: Order<Item>): Page<Item> {
  const all = distinct(
    pages.flatMap(({ items }) => items),
    keys,
  );
  const items = all.sort((a, b) => (newest ? -1 : 1) * compare(keys(a), keys(b))).slice(0, limit);
  const more = all.length > limit || pages.some(({ next }) => next !== null);
  return { items, next: more && items.length > 0 ? encodeCursor(keys(items.at(-1)!)) : null };
}

/** Replicas that each have a part of their own set the same event aside: it is one dead letter. */
function distinct<Item>(items: Item[], keys: (item: Item) => Keys): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(keys(item)), item])).values()];
}

function compare(a: Keys, b: Keys): number {
  const differs = a.findIndex((key, index) => key !== b[index]);
  return differs < 0 ? 0 : a[differs]! < b[differs]! ? -1 : 1;
}

const admin: RequestHandler = (req, _res, next) => {
  requireRole(req, 'admin');
  next();
};
