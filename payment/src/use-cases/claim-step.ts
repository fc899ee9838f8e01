import { randomUUID } from 'node:crypto';
import { runInContext, type Context } from '@outerpark/chassis/context';
import { errorMessage } from '@outerpark/chassis/errors';
import { isPassingFailure } from '@outerpark/chassis/postgres/failures';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { asksProvider, nextStep, type ProviderStep } from '../domain/next-step';
import { later } from '../domain/payment';
import { settleLocal } from '../domain/settle';
import { lease, lockDuePayment, putOff, saveAttempt, type StoredPayment } from '../persistence/payments';
import { momentOf, saveSettled, tellSettled, type Steps } from './steps';

/** A step that is to be taken, and the lease under which nobody else takes it. */
export interface Claim {
  reservationId: string;
  lease: string;
  leaseUntil: Date;
  /** Since when it has been due. */
  dueSince: Date | null;
  step: ProviderStep;
  context: Context;
}

const PUT_OFF_MS = 30_000;

/**
 * Decides the next step of the payment that has been due for longest. A step that asks the provider is claimed, and its attempt
 * is committed before anybody is asked; any other is settled at once. Undefined when no payment is due. Without the provider only
 * those are looked at that are not parked and have been due for `waitedMs`, and those whose time in the park is over.
 */
export const createClaimStep =
  (steps: Steps) =>
  async (providerAvailable: boolean, waitedMs = 0): Promise<Claim | 'settled' | undefined> => {
    let reservationId: string | undefined;
    try {
      return await steps.store.transact(async (tx) => {
        const now = steps.now();
        const due = await lockDuePayment(tx, now, { providerAvailable, dueSince: later(now, -waitedMs) });
        reservationId = due?.payment.reservationId;
        return due && runInContext(due.context, () => claim(steps, tx, due, providerAvailable));
      });
    } catch (error) {
      if (reservationId === undefined || isPassingFailure(error)) throw error;
      const [id, until] = [reservationId, later(steps.now(), PUT_OFF_MS)];
      steps.logger.error({ err: error, reservationId: id, until }, 'payment cannot go on, put off');
      await steps.store.transact((tx) => putOff(tx, id, until, errorMessage(error)));
      return 'settled';
    }
  };

async function claim(
  steps: Steps,
  tx: Tx,
  { payment, attempts, context }: StoredPayment,
  providerAvailable: boolean,
): Promise<Claim | 'settled'> {
  const { outbox, policy, leaseMs } = steps;
  const { reservationId } = payment;
  const at = momentOf(steps, providerAvailable);
  const step = nextStep(payment, attempts, at, policy);

  if (asksProvider(step)) {
    const token = randomUUID();
    const leaseUntil = later(at.now, leaseMs);
    await lease(tx, reservationId, token, leaseUntil);
    if (!attempts.includes(step.attempt)) await saveAttempt(tx, reservationId, step.attempt);
    return { reservationId, lease: token, leaseUntil, dueSince: payment.nextAttemptAt, step, context };
  }

  const settled = settleLocal(payment, attempts, step, at, policy);
  await saveSettled(tx, outbox, settled, at.now);
  if (settled.events.length > 0) {
    tx.afterCommit(() => runInContext(context, () => tellSettled(steps, step.do, 'done', settled)));
  }
  return 'settled';
}
