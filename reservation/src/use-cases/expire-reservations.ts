import { continueTrace, runInContext } from '@outerpark/chassis/context';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import { caughtUpTo } from '@outerpark/chassis/messaging/progress';
import type { Store } from '@outerpark/chassis/postgres/store';
import { PARTITIONS } from '@outerpark/contracts/topics';
import { decide } from '../domain/reservation';
import { dueReservations, lockReservation, saveReservation } from '../persistence/reservations';

const AT_ONCE = 100;

/**
 * Ends the reservations that were not paid in time, but only as far as every payment is known: up to where payment's events have
 * been applied, less a grace for one that is on its way. So nobody expires wrongly while Kafka is down.
 */
export const createExpireReservations =
  (store: Store, outbox: Outbox, now: () => Date, graceMs: number) => async (): Promise<'busy' | 'idle'> => {
    const known = await caughtUpTo(store, ['payment.events'], PARTITIONS);
    if (!known) return 'idle';
    const limit = new Date(Math.min(known.getTime(), now().getTime()) - graceMs);
    const due = await dueReservations(store, limit, limit, AT_ONCE);
    for (const id of due) {
      await store.transact(async (tx) => {
        const reservation = await lockReservation(tx, id);
        if (!reservation) return;
        const decision = decide({ type: 'Expire', now: limit }, reservation);
        if (!('events' in decision)) return;
        const trace = continueTrace(reservation.correlationId, reservation.traceparent);
        await runInContext(trace, () => saveReservation(tx, outbox, reservation, decision.events, now()));
      });
    }
    return due.length === AT_ONCE ? 'busy' : 'idle';
  };
