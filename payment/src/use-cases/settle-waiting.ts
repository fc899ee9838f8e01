import { asksProvider, nextStep } from '../domain/next-step';
import { later } from '../domain/payment';
import { settleLocal } from '../domain/settle';
import { lockWaitingPayments, type StoredPayment } from '../persistence/payments';
import { momentOf, saveTaken, takeTogether, type Steps, type Taken } from './steps';

/** So many are told in one transaction: after an outage thousands wait, and each has a deadline. */
const TOGETHER = 200;

/**
 * Does what needs no provider for the payments that have been due for `waitedMs`, and for those whose time in the park is over
 * or that could not begin by their deadline, those that have waited for longest first. Answers how many it has taken forward.
 */
export const createSettleWaiting =
  (steps: Steps) =>
  (waitedMs: number): Promise<number> =>
    takeTogether(steps, TOGETHER, (atMost, about) =>
      steps.store.transact(async (tx) => {
        const now = steps.now();
        const waiting = await lockWaitingPayments(tx, now, { dueSince: later(now, -waitedMs), atMost });
        if (waiting.length === 0) return 0;
        about(waiting[0]!.payment.reservationId);
        const taken = waiting.map((due) => settleWithoutProvider(steps, due));
        await saveTaken(steps, tx, taken, 'kept');
        return taken.length;
      }),
    );

function settleWithoutProvider(steps: Steps, { payment, attempts, context }: StoredPayment): Taken {
  const at = momentOf(steps, false);
  const step = nextStep(payment, attempts, at, steps.policy);
  if (asksProvider(step)) throw new Error(`${step.do} without the provider`);
  return { ...settleLocal(payment, attempts, step, at, steps.policy), step: step.do, outcome: 'done', context };
}
