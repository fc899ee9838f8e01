import type { DomainEvent } from '@outerpark/contracts/events';
import type { LocalStep, ProviderStep } from './next-step';
import type { Attempt, LedgerEntry, Moment, Payment, Policy } from './payment';
import { pollTime, retryTime, scheduled } from './schedule';

/** `retryAfterMs`: for how long the provider wants to be left alone. */
export interface Unknown {
  is: 'unknown';
  reason: string;
  retryAfterMs?: number;
}

/** What became of a charge. Unknown is everything but a clear answer: it may have been charged, and may yet be. */
export type ChargeOutcome =
  /** `amount`: as the provider says it, in KRW. */
  | { is: 'approved'; amount?: number }
  | { is: 'declined'; reason: string }
  | { is: 'requires_action'; url: string }
  | { is: 'cancelled' }
  | Unknown;

export type RefundOutcome = { is: 'refunded'; amount?: number } | Unknown;

/** What the provider said to a step. */
export type Answer =
  | { about: 'charge'; step: Extract<ProviderStep, { do: 'charge' | 'find' | 'cancel' }>; outcome: ChargeOutcome }
  | { about: 'refund'; step: Extract<ProviderStep, { do: 'refund' }>; outcome: RefundOutcome };

/** What a step has changed; it is saved in one transaction. */
export interface Settled {
  payment: Payment;
  /** The attempt that the step was about, as it is now. */
  attempt?: Attempt;
  ledger: LedgerEntry[];
  events: DomainEvent[];
}

/** After the provider's answer. What is wanted may have changed while it was asked. */
export function settle(payment: Payment, attempts: Attempt[], answer: Answer, at: Moment, policy: Policy): Settled {
  const settled =
    answer.about === 'refund'
      ? settleRefund(payment, answer.step.attempt, believed(answer), at)
      : settleCharge(payment, answer.step.attempt, believed(answer), at);
  const { attempt } = settled;
  const known = attempt ? [...attempts.filter(({ id }) => id !== attempt.id), attempt] : attempts;
  const askNotBefore =
    attempt?.state === 'action_required' ? pollTime(attempt, at, policy) : retryTime(settled.payment, at, policy);
  return { ...settled, payment: scheduled(settled.payment, known, askNotBefore, at, policy) };
}

/** What cannot be so is not known: money of another amount, or a charge that still waits after it was cancelled. */
function believed<Given extends Answer>({ step, outcome }: Given): Given['outcome'] | Unknown {
  const { amount } = step.attempt;
  if ((outcome.is === 'approved' || outcome.is === 'refunded') && (outcome.amount ?? amount) !== amount) {
    return { is: 'unknown', reason: `${outcome.is} with ${outcome.amount} KRW in place of ${amount}` };
  }
  if (step.do === 'cancel' && outcome.is === 'requires_action') return { is: 'unknown', reason: 'not cancelled' };
  return outcome;
}

/** After a step for which nobody is asked. */
export function settleLocal(
  payment: Payment,
  attempts: Attempt[],
  step: LocalStep,
  at: Moment,
  policy: Policy,
): Settled {
  const settled = takeLocalStep(payment, step, at);
  const askNotBefore = step.do === 'await_provider' ? at.now : retryTime(payment, at, policy);
  return { ...settled, payment: scheduled(settled.payment, attempts, askNotBefore, at, policy) };
}

function settleCharge(payment: Payment, attempt: Attempt, outcome: ChargeOutcome, { now }: Moment): Settled {
  const { reservationId, customerId, ended } = payment;
  const about = { reservationId, customerId };
  const answered = { ...payment, failures: 0, failingSince: null, lastError: null, updatedAt: now };
  // Once nothing is wanted, customers hear of it only when all is undone.
  const tell = (...events: DomainEvent[]) => (ended ? [] : events);

  switch (outcome.is) {
    case 'approved': {
      const { amount } = attempt;
      return {
        payment: { ...answered, ...NOT_DEFERRED, url: null, status: ended ? payment.status : 'approved' },
        attempt: { ...attempt, state: 'captured', url: null, settledAt: now },
        ledger: [{ attemptId: attempt.id, kind: 'captured', amount, at: now }],
        events: tell({ type: 'PaymentApproved', data: { ...about, amount } }),
      };
    }
    case 'declined':
    case 'cancelled': {
      const reason = outcome.is === 'declined' ? outcome.reason : 'The payment was cancelled.';
      return {
        payment: { ...answered, ...NOT_DEFERRED, url: null, status: ended ? payment.status : 'declined' },
        attempt: { ...attempt, state: outcome.is, reason, url: null, settledAt: now },
        ledger: [],
        events: tell({ type: 'PaymentDeclined', data: { ...about, reason } }),
      };
    }
    case 'requires_action': {
      // Said once, though a provider may give another address each time it is asked.
      const told = payment.status === 'action_required' && attempt.url !== null;
      const url = told ? attempt.url! : outcome.url;
      return {
        payment: ended ? answered : { ...answered, ...NOT_DEFERRED, url, status: 'action_required' },
        attempt: { ...attempt, state: 'action_required', url },
        ledger: [],
        events: told ? [] : tell({ type: 'PaymentActionRequired', data: { ...about, url } }),
      };
    }
    case 'unknown':
      return unknown(payment, outcome.reason, now);
  }
}

function settleRefund(payment: Payment, attempt: Attempt, outcome: RefundOutcome, { now }: Moment): Settled {
  switch (outcome.is) {
    case 'refunded':
      return {
        payment: { ...payment, failures: 0, failingSince: null, lastError: null, updatedAt: now },
        attempt: { ...attempt, state: 'refunded', settledAt: now },
        ledger: [{ attemptId: attempt.id, kind: 'refunded', amount: attempt.amount, at: now }],
        events: [],
      };
    case 'unknown':
      return unknown(payment, outcome.reason, now);
  }
}

const NOT_DEFERRED = { deferredSince: null, expectedAt: null };

/** The attempt stays as it is, so that it is asked again under the same key. */
const unknown = (payment: Payment, reason: string, now: Date): Settled => ({
  payment: {
    ...payment,
    failures: payment.failures + 1,
    failingSince: payment.failingSince ?? now,
    lastError: reason,
    updatedAt: now,
  },
  ledger: [],
  events: [],
});

function takeLocalStep(payment: Payment, step: LocalStep, { now, expectedAt }: Moment): Settled {
  const about = { reservationId: payment.reservationId, customerId: payment.customerId };
  switch (step.do) {
    case 'approve_free':
      return {
        payment: { ...payment, status: 'approved', updatedAt: now },
        ledger: [],
        events: [{ type: 'PaymentApproved', data: { ...about, amount: 0 } }],
      };
    case 'defer':
      return {
        payment: {
          ...payment,
          status: 'deferred',
          deadline: step.until,
          deferredSince: payment.deferredSince ?? now,
          expectedAt,
          url: null,
          updatedAt: now,
        },
        ledger: [],
        events: [
          {
            type: 'PaymentDeferred',
            data: {
              ...about,
              paymentDeadline: step.until.toISOString(),
              ...(expectedAt && { expectedAt: expectedAt.toISOString() }),
            },
          },
        ],
      };
    case 'announce_cancelled':
      return {
        payment: { ...payment, ...NOT_DEFERRED, status: 'cancelled', url: null, updatedAt: now },
        ledger: [],
        events: [{ type: 'PaymentCancelled', data: { ...about, refunded: step.refunded, after: step.after } }],
      };
    case 'await_provider':
    case 'nothing':
      return { payment, ledger: [], events: [] };
  }
}
