import { randomUUID } from 'node:crypto';
import { runInContext, type Context } from '@outerpark/chassis/context';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { asksProvider, nextStep, type ProviderStep } from '../domain/next-step';
import { later } from '../domain/payment';
import { settleLocal } from '../domain/settle';
import { lease, lockDuePayment, saveAttempt, type StoredPayment } from '../persistence/payments';
import { momentOf, puttingOff, saveSettled, tellSettled, type Steps } from './steps';

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

/**
 * Decides the next step of the payment that has been due for longest. A step that asks the provider is claimed, and its attempt
 * is committed before anybody is asked; any other is settled at once. Undefined when no payment is due.
 */
export const createClaimStep = (steps: Steps) => (): Promise<Claim | 'settled' | 'put_off' | undefined> =>
  puttingOff(steps, (about) =>
    steps.store.transact(async (tx) => {
      const due = await lockDuePayment(tx, steps.now());
      if (!due) return undefined;
      about(due.payment.reservationId);
      return runInContext(due.context, () => claim(steps, tx, due));
    }),
  );

async function claim(steps: Steps, tx: Tx, { payment, attempts, context }: StoredPayment): Promise<Claim | 'settled'> {
  const { outbox, policy, leaseMs } = steps;
  const { reservationId } = payment;
  const at = momentOf(steps, true);
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
