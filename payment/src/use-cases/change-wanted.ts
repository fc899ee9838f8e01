import { currentContext, type Context } from '@outerpark/chassis/context';
import { atCommit } from '@outerpark/chassis/postgres/at-commit';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { Payment } from '../domain/payment';
import { wantedAfter, type ReservationEvent } from '../domain/wanted';
import { lockPayments, savePayments } from '../persistence/payments';

/**
 * Changes what is wanted of a payment after its reservation's event, and wakes the worker, who does the rest. All events of a
 * transaction are done together before its commit, so that a hundred of them cost two statements.
 */
export function createChangeWanted(now: () => Date, wakeWorker: () => void): (tx: Tx, event: ReservationEvent) => void {
  return atCommit(async (tx, wanted) => {
    const ids = new Set(wanted.map(({ item }) => item.data.reservationId));
    const payments = new Map((await lockPayments(tx, [...ids])).map((payment) => [payment.reservationId, payment]));
    const changed = new Map<string, { payment: Payment; context: Context }>();
    for (const { item: event, within } of wanted) {
      const { reservationId } = event.data;
      const before = payments.get(reservationId);
      const payment = wantedAfter(before, event, now());
      if (payment === undefined || payment === before) continue;
      payments.set(reservationId, payment);
      // Whatever follows is for the request that has changed it last.
      changed.set(reservationId, { payment, context: within(currentContext) });
    }
    if (changed.size === 0) return;
    await savePayments(tx, [...changed.values()]);
    tx.afterCommit(wakeWorker);
  });
}
