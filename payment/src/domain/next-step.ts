import { deferral, extensionTime, tooLate } from './deferral';
import {
  capturedCharge,
  later,
  liveCharge,
  newAttempt,
  refundOf,
  usedTries,
  type Attempt,
  type Moment,
  type Payment,
  type Policy,
} from './payment';

/** What brings a payment nearer to what is wanted. These ask the provider, each about an attempt with its own key. */
export type ProviderStep =
  /** Charges under the attempt's key: a new attempt, or an open one whose answer is not known. */
  | { do: 'charge'; attempt: Attempt }
  /** Asks what became of a charge, without starting it. */
  | { do: 'find'; attempt: Attempt }
  | { do: 'cancel'; attempt: Attempt }
  | { do: 'refund'; attempt: Attempt; charge: Attempt };

/** These are done in the payment's own row. */
export type LocalStep =
  | { do: 'approve_free' }
  | { do: 'defer'; until: Date }
  /** Parks the payment until the provider can be asked again. */
  | { do: 'await_provider'; until: Date }
  | { do: 'announce_cancelled'; refunded: number; after: 'cancelled' | 'expired' }
  /** Nothing before the next event. */
  | { do: 'nothing' };

export type Step = ProviderStep | LocalStep;

const NOTHING: Step = { do: 'nothing' };
const LOOK_AGAIN_MS = 60_000;

/** The one step that closes the gap between what is wanted and what is. */
export const nextStep = (payment: Payment, attempts: Attempt[], at: Moment, policy: Policy): Step =>
  payment.ended ? windUp(payment, payment.ended, attempts, at) : collect(payment, attempts, at, policy);

/** The price is wanted. */
function collect(payment: Payment, attempts: Attempt[], at: Moment, policy: Policy): Step {
  if (payment.status === 'approved') return NOTHING;
  if (payment.price === 0) return { do: 'approve_free' };
  const live = liveCharge(attempts);
  const customersTurn = !live && usedTries(attempts) >= payment.triesWanted;
  if (customersTurn) return NOTHING;

  const until = deferral(payment, live !== undefined, at, policy);
  if (until) return { do: 'defer', until };

  const late = tooLate(payment, at.now, policy);
  // The reservation will expire, and that event goes on from here.
  if (late && !live) return NOTHING;
  if (!at.providerAvailable) {
    return { do: 'await_provider', until: extensionTime(payment, at.now, policy) ?? later(at.now, LOOK_AGAIN_MS) };
  }
  if (!live) return { do: 'charge', attempt: newAttempt('charge', payment.price, at) };
  // A charge that is sent again may be the first to arrive, so that late it is only asked for.
  return { do: late || live.state === 'action_required' ? 'find' : 'charge', attempt: live };
}

/** Nothing is wanted: whatever may be charged is cancelled, whatever is charged is refunded, and then that is said. */
function windUp(payment: Payment, after: 'cancelled' | 'expired', attempts: Attempt[], at: Moment): Step {
  if (payment.status === 'cancelled') return NOTHING;
  const live = liveCharge(attempts);
  const captured = capturedCharge(attempts);
  const refund = refundOf(attempts);
  if (!live && (!captured || refund?.state === 'refunded')) {
    return { do: 'announce_cancelled', refunded: refund?.amount ?? 0, after };
  }
  if (!at.providerAvailable) return { do: 'await_provider', until: later(at.now, LOOK_AGAIN_MS) };
  if (live) return { do: 'cancel', attempt: live };
  return { do: 'refund', attempt: refund ?? newAttempt('refund', captured!.amount, at), charge: captured! };
}

export function asksProvider(step: Step): step is ProviderStep {
  switch (step.do) {
    case 'charge':
    case 'find':
    case 'cancel':
    case 'refund':
      return true;
    case 'approve_free':
    case 'defer':
    case 'await_provider':
    case 'announce_cancelled':
    case 'nothing':
      return false;
  }
}
