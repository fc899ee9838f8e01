import type { Tx } from '@outerpark/chassis/postgres/store';
import { wantedAfter, type ReservationEvent } from '../domain/wanted';
import { lockPayment, savePayment } from '../persistence/payments';

/** Changes what is wanted of a payment after its reservation's event, and wakes the worker, who does the rest. */
export const createChangeWanted =
  (now: () => Date, wakeWorker: () => void) =>
  async (tx: Tx, event: ReservationEvent): Promise<void> => {
    const before = await lockPayment(tx, event.data.reservationId);
    const after = wantedAfter(before, event, now());
    if (after === undefined || after === before) return;
    await savePayment(tx, after);
    tx.afterCommit(wakeWorker);
  };
