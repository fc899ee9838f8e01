import { randomUUID } from 'node:crypto';
import { runInContext, type Context } from '@outerpark/chassis/context';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { asksProvider, nextStep, type ProviderStep } from '../domain/next-step';
import { later, type Attempt } from '../domain/payment';
import { settleLocal } from '../domain/settle';
import { leasePayments, lockDuePayments, saveAttempts, type Lease, type StoredPayment } from '../persistence/payments';
import { momentOf, saveTaken, takeTogether, type Steps, type Taken } from './steps';

/** A step that is to be taken, and the lease under which nobody else takes it. */
export interface Claim extends Lease {
  leaseUntil: Date;
  /** Since when it has been due. */
  dueSince: Date | null;
  step: ProviderStep;
  context: Context;
}

/**
 * Decides the next steps of the payments that have been due for longest, `atMost` so many. One that asks the provider is claimed,
 * and given to `begin` once its attempt is committed: nobody is asked before that. Any other is settled at once. Answers whether
 * more may be due.
 */
export const createClaimSteps =
  (steps: Steps) =>
  async (atMost: number, begin: (claim: Claim) => void): Promise<boolean> => {
    let begun = 0;
    const taken = await takeTogether(steps, atMost, async (some, about) => {
      const { due, claims } = await steps.store.transact(async (tx) => {
        const locked = await lockDuePayments(tx, steps.now(), some);
        const [first] = locked;
        if (!first) return { due: 0, claims: [] };
        about(first.payment.reservationId);
        // As a round of `together`: its statements are at least of one of those they are about.
        return { due: locked.length, claims: await runInContext(first.context, () => claim(steps, tx, locked)) };
      });
      begun += claims.length;
      claims.forEach(begin);
      return due;
    });
    // What was settled here may be due again at once.
    return taken === atMost || taken > begun;
  };

async function claim(steps: Steps, tx: Tx, due: StoredPayment[]): Promise<Claim[]> {
  const { policy, leaseMs, now } = steps;
  const leaseUntil = later(now(), leaseMs);
  const [claims, begun, settled]: [Claim[], { reservationId: string; attempt: Attempt }[], Taken[]] = [[], [], []];
  for (const { payment, attempts, context } of due) {
    const at = momentOf(steps, true);
    const step = nextStep(payment, attempts, at, policy);
    if (asksProvider(step)) {
      const { reservationId, nextAttemptAt: dueSince } = payment;
      claims.push({ reservationId, lease: randomUUID(), leaseUntil, dueSince, step, context });
      if (!attempts.includes(step.attempt)) begun.push({ reservationId, attempt: step.attempt });
    } else {
      const local = settleLocal(payment, attempts, step, at, policy);
      settled.push({ ...local, step: step.do, outcome: 'done', context });
    }
  }
  await leasePayments(tx, claims, leaseUntil);
  await saveAttempts(tx, begun);
  await saveTaken(steps, tx, settled, 'kept');
  return claims;
}
