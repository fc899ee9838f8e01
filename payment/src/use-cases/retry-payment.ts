import { problem } from '@outerpark/chassis/errors';
import type { Effect } from '@outerpark/chassis/operators/actions';
import { isUuid } from '@outerpark/chassis/http/validate';
import { lockPayment, makeDue } from '../persistence/payments';

/** Has a payment, or its refund, tried again at once. Throws `not-found`, and `nothing-to-do` when it waits for no step. */
export const createRetryPayment =
  (now: () => Date, wakeWorker: () => void): Effect =>
  async (tx, reservationId) => {
    const payment = isUuid(reservationId) ? await lockPayment(tx, reservationId) : undefined;
    if (!payment) throw problem('not-found', 'There is no such payment');
    if (payment.nextAttemptAt === null) throw problem('nothing-to-do', `The payment is ${payment.status}`);
    await makeDue(tx, reservationId, now());
    tx.afterCommit(wakeWorker);
    return 'due now';
  };
