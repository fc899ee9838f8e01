import { runInContext } from '@outerpark/chassis/context';
import { isPassingFailure } from '@outerpark/chassis/postgres/failures';
import { asksProvider, nextStep } from '../domain/next-step';
import { later } from '../domain/payment';
import { settleLocal, type Settled } from '../domain/settle';
import { lockWaitingPayments, savePayments, type StoredPayment } from '../persistence/payments';
import { momentOf, puttingOff, tellSettled, type Steps } from './steps';

/** So many are told in one transaction: after an outage thousands wait, and each has a deadline. */
const TOGETHER = 200;

/**
 * Does what needs no provider for the payments that have been due for `waitedMs`, and for those whose time in the park is over
 * or that could not begin by their deadline, those that have waited for longest first. Answers how many it has taken forward.
 */
export const createSettleWaiting = (steps: Steps) => {
  const settle = (waitedMs: number, atMost: number, about: (reservationId: string) => void = () => undefined) =>
    steps.store.transact(async (tx) => {
      const now = steps.now();
      const waiting = await lockWaitingPayments(tx, now, { dueSince: later(now, -waitedMs), atMost });
      if (waiting.length === 0) return 0;
      about(waiting[0]!.payment.reservationId);
      const settled = waiting.map((due) => ({ ...settleWithoutProvider(steps, due), context: due.context }));
      await savePayments(
        tx,
        settled.map(({ payment, events, context }) => ({
          payment: { ...payment, version: payment.version + events.length },
          context,
        })),
      );
      steps.outbox.appendAll(
        tx,
        settled.map(({ payment: { reservationId, version }, events, context }) => ({
          subject: reservationId,
          firstVersion: version + 1,
          ...{ events, context },
        })),
        now,
      );
      tx.afterCommit(() => {
        for (const one of settled) {
          if (one.events.length > 0) runInContext(one.context, () => tellSettled(steps, one.did, 'done', one));
        }
      });
      return settled.length;
    });

  return async (waitedMs: number): Promise<number> => {
    try {
      return await settle(waitedMs, TOGETHER);
    } catch (error) {
      if (isPassingFailure(error)) throw error;
    }
    // One of them cannot go on: that one is found, each by itself, and put off.
    let settled = 0;
    while (settled < TOGETHER && (await puttingOff(steps, (about) => settle(waitedMs, 1, about))) !== 0) settled++;
    return settled;
  };
};

function settleWithoutProvider(steps: Steps, { payment, attempts }: StoredPayment): Settled & { did: string } {
  const at = momentOf(steps, false);
  const step = nextStep(payment, attempts, at, steps.policy);
  if (asksProvider(step)) throw new Error(`${step.do} without the provider`);
  return { ...settleLocal(payment, attempts, step, at, steps.policy), did: step.do };
}
