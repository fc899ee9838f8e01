import { restAfter } from '@outerpark/chassis/loop';
import { inSpan, type Span } from '@outerpark/chassis/telemetry/tracer';
import { together } from '@outerpark/chassis/together';
import type { PaymentProvider } from '../clients/provider';
import type { ProviderStep } from '../domain/next-step';
import { hurried } from '../domain/schedule';
import { settle, type Answer } from '../domain/settle';
import { lockLeasedPayments, type StoredPayment } from '../persistence/payments';
import type { Claim } from './claim-steps';
import { momentOf, saveTaken, type Steps, type Taken } from './steps';

interface Answered {
  claim: Claim;
  answer: Answer;
}

/** Two transactions at once: one that waits for a payment in other hands does not hold up those that are answered later. */
const SETTLING = { roundsAtOnce: 2, restMs: restAfter };

/**
 * Takes a claimed step: asks the provider, outside any transaction, and settles what it says. Nothing is settled when another
 * worker has claimed the payment meanwhile: it asked under the same key, so it got the same answer.
 */
export const createTakeStep = (steps: Steps): ((claim: Claim) => Promise<void>) => {
  const settleTogether = together(
    () => 'answers',
    (answered: Answered[]) => settleAnswers(steps, answered),
    SETTLING,
  );
  return (claim) => {
    const { reservationId, step, leaseUntil } = claim;
    const about = { reservationId, step: step.do };
    const take = async (span: Span) => {
      // Whoever was frozen does not even ask: another has, and a provider does not keep its keys for ever.
      if (steps.now() >= leaseUntil) return steps.logger.warn(about, 'the lease is over');
      const answer = await ask(steps.provider, reservationId, step);
      const outcome = answer.outcome.is;
      span.set({ 'outerpark.payment.outcome': outcome });
      if (answer.outcome.is === 'unknown') steps.pace.fallBack(answer.outcome.retryAfterMs);
      const settled = await settleTogether({ claim, answer });
      if (!settled) steps.logger.warn({ ...about, outcome }, 'the lease was lost: another has settled it');
    };
    const attributes = { 'outerpark.reservation.id': reservationId };
    return inSpan({ name: `payment ${step.do}`, kind: 'internal', attributes }, take, claim.context, steps.tracer);
  };
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

/** Says of each whether its lease was still the last one, and so its answer counted. */
const settleAnswers = (steps: Steps, answered: Answered[]): Promise<boolean[]> =>
  steps.store.transact(async (tx) => {
    const leased = await lockLeasedPayments(
      tx,
      answered.map(({ claim }) => claim),
    );
    const taken = answered.flatMap((one) => {
      const stored = leased.get(one.claim.lease);
      return stored ? [settleAnswer(steps, one, stored)] : [];
    });
    await saveTaken(steps, tx, taken, 'ended');
    return answered.map(({ claim }) => leased.has(claim.lease));
  });

function settleAnswer(steps: Steps, { claim, answer }: Answered, { payment, attempts, context }: StoredPayment): Taken {
  const at = momentOf(steps, steps.provider.availability() !== 'unavailable');
  const { nextAttemptAt } = payment;
  const cameMeanwhile = nextAttemptAt?.getTime() === claim.dueSince?.getTime() ? null : nextAttemptAt;
  const settled = settle(payment, attempts, answer, at, steps.policy);
  return {
    ...settled,
    payment: hurried(settled.payment, cameMeanwhile),
    ...{ step: answer.step.do, outcome: answer.outcome.is },
    // Of the latest request, which may have come while the provider was asked.
    context,
  };
}
