import { runInContext } from '@outerpark/chassis/context';
import { inSpan, type Span } from '@outerpark/chassis/telemetry/tracer';
import type { PaymentProvider } from '../clients/provider';
import type { ProviderStep } from '../domain/next-step';
import { hurried } from '../domain/schedule';
import { settle, type Answer } from '../domain/settle';
import { endLease, lockLeasedPayment } from '../persistence/payments';
import type { Claim } from './claim-step';
import { momentOf, saveSettled, tellSettled, type Steps } from './steps';

/**
 * Takes a claimed step: asks the provider, outside any transaction, and settles what it says. Nothing is settled when another
 * worker has claimed the payment meanwhile: it asked under the same key, so it got the same answer.
 */
export const createTakeStep =
  (steps: Steps) =>
  (claim: Claim): Promise<void> => {
    const { reservationId, step, leaseUntil } = claim;
    const attributes = { 'outerpark.reservation.id': reservationId };
    const take = async (span: Span) => {
      // Whoever was frozen does not even ask: another has, and a provider does not keep its keys for ever.
      if (steps.now() >= leaseUntil) return steps.logger.warn({ reservationId, step: step.do }, 'the lease is over');
      const answer = await ask(steps.provider, reservationId, step);
      span.set({ 'outerpark.payment.outcome': answer.outcome.is });
      if (answer.outcome.is === 'unknown') steps.pace.fallBack(answer.outcome.retryAfterMs);
      await settleStep(steps, claim, answer);
    };
    return inSpan({ name: `payment ${step.do}`, kind: 'internal', attributes }, take, claim.context, steps.tracer);
  };

async function ask(provider: PaymentProvider, reference: string, step: ProviderStep): Promise<Answer> {
  const { id: key, amount } = step.attempt;
  switch (step.do) {
    case 'charge':
      return { about: 'charge', step, outcome: await provider.charge({ key, amount, reference }) };
    case 'find':
      return { about: 'charge', step, outcome: await provider.find(key) };
    case 'cancel':
      return { about: 'charge', step, outcome: await provider.cancel(key) };
    case 'refund': {
      const chargeKey = step.charge.id;
      return { about: 'refund', step, outcome: await provider.refund({ key, chargeKey, amount }) };
    }
  }
}

async function settleStep(steps: Steps, { reservationId, lease, dueSince }: Claim, answer: Answer): Promise<void> {
  const { store, outbox, provider, policy, logger } = steps;
  const { step, outcome } = answer;
  const settled = await store.transact(async (tx) => {
    const mine = await lockLeasedPayment(tx, reservationId, lease);
    if (!mine) return false;
    const at = momentOf(steps, provider.availability() !== 'unavailable');
    const { nextAttemptAt } = mine.payment;
    const cameMeanwhile = nextAttemptAt?.getTime() === dueSince?.getTime() ? null : nextAttemptAt;
    const answered = settle(mine.payment, mine.attempts, answer, at, policy);
    const result = { ...answered, payment: hurried(answered.payment, cameMeanwhile) };
    // The latest request, which may have come while the provider was asked.
    const { context } = mine;
    await runInContext(context, () => saveSettled(tx, outbox, result, at.now));
    await endLease(tx, reservationId);
    tx.afterCommit(() => runInContext(context, () => tellSettled(steps, step.do, outcome.is, result)));
    return true;
  });
  if (!settled) {
    logger.warn({ reservationId, step: step.do, outcome: outcome.is }, 'the lease was lost: another has settled it');
  }
}
