import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBLEM_PREFIX } from '@outerpark/contracts/http/problems';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { Pool } from 'undici';
import type { Promised } from '../../faults/checks/ledger';
import { expecting } from '../api';
import type { Release } from '../release';
import { tally, type Outcome, type Tally } from './tally';

/** Customers who come at their time, whether or not the ones before have got their answers. Nothing is sent twice. */
export interface Load {
  /** Of what was sent since then (milliseconds since 1970), or in all, as far as it is answered. */
  tally(from?: number, to?: number): Tally;
  /** What customers were promised so far. */
  accepted(): Promised[];
  /** Sends nothing more, and resolves when every answer has come or its time is over. Asked again it gives the same. */
  stop(): Promise<LoadResult>;
}

export interface LoadResult extends Tally {
  accepted: Promised[];
  outcomes: Outcome[];
}

interface Customer {
  id: string;
  token: string;
}
interface Own extends Promised {
  customer: Customer;
}
interface Request {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: object;
}

const CUSTOMERS = ['alice', 'bob'];
const SEATS = 1_000_000;
const PRICE = 10_000;
const CONNECTIONS = 64;
/** Longer than the gateway waits for a service. */
const TIMEOUT_MS = 15_000;
/** Of ten requests in a row. */
const MIX = [
  'reserve',
  'musical',
  'my page',
  'reserve',
  'reservation',
  'reserve',
  'my page',
  'musical',
  'reserve',
  'cancel',
] as const;

/** So many requests a second through the release's gateway: reserve, cancel, read, in a fixed mix. */
export async function startLoad(release: Release, { perSecond = 10 } = {}): Promise<Load> {
  const gateway = await release.gateway();
  const customers = await Promise.all(CUSTOMERS.map(async (id) => ({ id, token: await release.token(id) })));
  const { id: musicalId } = await expecting<Musical>(
    201,
    gateway,
    await release.token('admin'),
    'POST',
    '/api/musicals',
    {
      name: `Steady load of ${new Date().toISOString().slice(0, 19)}`,
      reservableSeats: SEATS,
      price: PRICE,
    },
  );
  const pool = new Pool(gateway, {
    connections: CONNECTIONS,
    connect: { timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const outcomes: Outcome[] = [];
  const own: Own[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;

  const send = async (call: string, { token }: Customer, { method, path, body }: Request): Promise<unknown> => {
    const sentAt = Date.now();
    const since = performance.now();
    const keep = (answer: string): void =>
      void outcomes.push({ sentAt, tookMs: Math.round(performance.now() - since), call, answer });
    try {
      const answer = await pool.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(method === 'POST' && { 'idempotency-key': randomUUID(), 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      keep(named(answer.statusCode, text));
      return answer.statusCode < 300 ? JSON.parse(text) : undefined;
    } catch (error) {
      keep(`no answer ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
      return undefined;
    }
  };

  const next = async (nth: number): Promise<void> => {
    const customer = customers[nth % customers.length]!;
    const call = MIX[nth % MIX.length]!;
    const one = call === 'cancel' ? own.find(({ cancelled }) => !cancelled) : own.at(-1);
    if (call === 'reserve') {
      const body = { musicalId, seats: 1 + (nth % 3) };
      const made = (await send(call, customer, { method: 'POST', path: '/api/reservations', body })) as Reservation;
      if (made) own.push({ id: made.id, customerId: customer.id, price: made.price, cancelled: false, customer });
    } else if (call === 'cancel' && one) {
      if (await send(call, one.customer, { method: 'DELETE', path: `/api/reservations/${one.id}` }))
        one.cancelled = true;
    } else if (call === 'reservation' && one) {
      await send(call, one.customer, { method: 'GET', path: `/api/reservations/${one.id}` });
    } else if (call === 'musical') {
      await send(call, customer, { method: 'GET', path: `/api/musicals/${musicalId}` });
    } else {
      await send('my page', customer, { method: 'GET', path: '/api/mypage?limit=20' });
    }
  };

  const over = new AbortController();
  const sending = (async () => {
    for (const start = performance.now(); !over.signal.aborted; sent++) {
      const early = start + (sent * 1_000) / perSecond - performance.now();
      if (early > 0) await sleep(early, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const one = next(sent).finally(() => underWay.delete(one));
      underWay.add(one);
    }
  })();

  const accepted = (): Promised[] =>
    own.map(({ id, customerId, price, cancelled }) => ({ id, customerId, price, cancelled }));
  const end = async (): Promise<LoadResult> => {
    over.abort();
    await sending;
    await Promise.all(underWay);
    await pool.close();
    return { ...tally(outcomes), accepted: accepted(), outcomes };
  };
  let ended: Promise<LoadResult> | undefined;
  return { tally: (from, to) => tally(outcomes, from, to), accepted, stop: () => (ended ??= end()) };
}

function named(status: number, text: string): string {
  if (status < 400) return String(status);
  const type = /"type":"([^"]*)"/.exec(text)?.[1] ?? 'no-problem';
  return `${status} ${type.replace(PROBLEM_PREFIX, '')}`;
}
