import { setTimeout as sleep } from 'node:timers/promises';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import type { Promised } from '../../faults/checks/ledger';
import { expecting } from '../api';
import type { Release } from '../release';
import { createSender } from './sender';
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

interface Own extends Promised {
  token: string;
  /** Somebody has asked for the cancellation, whatever the answer was. */
  askedToCancel: boolean;
}

const CUSTOMERS = ['alice', 'bob'];
const SEATS = 1_000_000;
const PRICE = 10_000;
/** Of ten requests in a row. */
const MIX = [
  ...(['reserve', 'musical', 'my page', 'reserve', 'reservation'] as const),
  ...(['reserve', 'my page', 'musical', 'reserve', 'cancel'] as const),
];

/** So many requests a second through the release's gateway: reserve, cancel, read, in a fixed mix. */
export async function startLoad(release: Pick<Release, 'gateway' | 'token'>, { perSecond = 10 } = {}): Promise<Load> {
  const gateway = await release.gateway();
  const customers = await Promise.all(CUSTOMERS.map(async (id) => ({ id, token: await release.token(id) })));
  const musical = { name: `Load of ${new Date().toISOString().slice(0, 19)}`, reservableSeats: SEATS, price: PRICE };
  const admin = await release.token('admin');
  const { id: musicalId } = await expecting<Musical>(201, gateway, admin, 'POST', '/api/musicals', musical);
  const { send, outcomes, close } = createSender(gateway);
  const own: Own[] = [];

  const reserve = async (nth: number, { id: customerId, token }: (typeof customers)[number]): Promise<void> => {
    const body = { musicalId, seats: 1 + (nth % 3) };
    const made = (await send('reserve', token, { method: 'POST', path: '/api/reservations', body })) as Reservation;
    if (made) own.push({ id: made.id, customerId, price: made.price, cancelled: false, token, askedToCancel: false });
  };
  const cancel = async (one: Own): Promise<void> => {
    one.askedToCancel = true;
    const answer = await send('cancel', one.token, { method: 'DELETE', path: `/api/reservations/${one.id}` });
    if (answer) one.cancelled = true;
  };
  const next = async (nth: number): Promise<unknown> => {
    const customer = customers[nth % customers.length]!;
    const call = MIX[nth % MIX.length]!;
    const read = (path: string, token = customer.token) => send(call, token, { method: 'GET', path });
    if (call === 'reserve') return reserve(nth, customer);
    if (call === 'musical') return read(`/api/musicals/${musicalId}`);
    const one = call === 'cancel' ? own.find(({ askedToCancel }) => !askedToCancel) : own.at(-1);
    if (call === 'cancel' && one) return cancel(one);
    if (call === 'reservation' && one) return read(`/api/reservations/${one.id}`, one.token);
    return read('/api/mypage?limit=20');
  };

  const over = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const sending = (async () => {
    const start = performance.now();
    for (let nth = 0; ; nth++) {
      const early = start + (nth * 1_000) / perSecond - performance.now();
      if (early > 0) await sleep(early, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const one: Promise<unknown> = next(nth).finally(() => underWay.delete(one));
      underWay.add(one);
    }
  })();

  const accepted = (): Promised[] =>
    own.map(({ id, customerId, price, cancelled }) => ({ id, customerId, price, cancelled }));
  const end = async (): Promise<LoadResult> => {
    over.abort();
    await sending;
    await Promise.all(underWay);
    await close();
    return { ...tally(outcomes), accepted: accepted(), outcomes };
  };
  let ended: Promise<LoadResult> | undefined;
  return { tally: (from, to) => tally(outcomes, from, to), accepted, stop: () => (ended ??= end()) };
}
