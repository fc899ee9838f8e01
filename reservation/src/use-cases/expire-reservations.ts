import { continueTrace, runInContext } from '@outerpark/chassis/context';
import { eachInTurn } from '@outerpark/chassis/each-in-turn';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import { caughtUpTo } from '@outerpark/chassis/messaging/progress';
import type { Store } from '@outerpark/chassis/postgres/store';
import { PARTITIONS } from '@outerpark/contracts/topics';
import { decide } from '../domain/reservation';
import { dueReservations, lockReservation, saveReservation } from '../persistence/reservations';

const AT_ONCE = 100;

/**
 * Ends the reservations that were not paid in time, but only as far as every payment is known: up to where payment's events have
 * been applied, less a grace for one that is on its way. So nobody expires wrongly while Kafka is down. When it is back the grace
 * begins anew: what payment could not send meanwhile is not in Kafka yet, though everything in Kafka is known. `outboxMs` is how long
 * sent rows stay in the outbox: what has none was sent before that, and further back nobody can say whether payment knew of it.
 */
export function createExpireReservations(
  store: Store,
  outbox: Outbox,
  now: () => Date,
  graceMs: number,
  outboxMs: number,
) {
  let before = 0;
  let lookedAt = now().getTime();
  let knownSince = 0;

  return async (): Promise<'busy' | 'idle'> => {
    const known = (await caughtUpTo(store, ['payment.events'], PARTITIONS))?.getTime() ?? 0;
    const time = now().getTime();
    // What is known advances with the time, however long a round takes. A step beyond that means that for a while it was not
    // known; half the grace makes up for.
    if (known - before > time - lookedAt + graceMs / 2) knownSince = known;
    before = known;
    lookedAt = time;
    if (known - knownSince < graceMs) return 'idle';

    const limit = new Date(Math.min(known, time) - graceMs);
    if (time - limit.getTime() > outboxMs / 2) return 'idle';
    const due = await dueReservations(store, limit, limit, AT_ONCE);
    await eachInTurn(due, (id) => expire(id, limit));
    return due.length === AT_ONCE ? 'busy' : 'idle';
  };

  async function expire(id: string, limit: Date): Promise<void> {
    await store.transact(async (tx) => {
      const reservation = await lockReservation(tx, id);
      if (!reservation) return;
      const decision = decide({ type: 'Expire', now: limit }, reservation);
      if (!('events' in decision)) return;
      const trace = continueTrace(reservation.correlationId, reservation.traceparent);
      await runInContext(trace, () => saveReservation(tx, outbox, reservation, decision.events, now()));
    });
  }
}
