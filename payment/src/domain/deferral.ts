import { earliest, later, latest, type Moment, type Payment, type Policy } from './payment';

/** How many unknown answers are taken for a hiccup before the customer is told that it takes longer. */
const QUICK_RETRIES = 2;

/** Too near to the deadline, or past it, to start an attempt: its answer might come when the seats are gone. */
export const tooLate = (payment: Payment, now: Date, policy: Policy): boolean =>
  now >= lastStart(payment, payment.deadline, policy);

/** The cutoff before a deadline; of a short window it takes a quarter, so that there is time to pay at all. */
const lastStart = ({ createdAt }: Payment, deadline: Date, { cutoffMs }: Policy): Date =>
  later(deadline, -Math.min(cutoffMs, (deadline.getTime() - createdAt.getTime()) / 4));

/** The deadline that a deferral gives now: never beyond the performance, nor the longest time; never an earlier one than before. */
export const deferredDeadline = (payment: Payment, now: Date, policy: Policy): Date =>
  latest(payment.deadline, earliest(later(now, policy.deferralMs), cap(payment, policy)));

/** When a deferral that still lasts is extended: at the last third of its time. Null when the caps allow no more. */
export function extensionTime(payment: Payment, now: Date, policy: Policy): Date | null {
  const limit = cap(payment, policy);
  if (payment.status !== 'deferred' || limit <= payment.deadline || lastStart(payment, limit, policy) <= now)
    return null;
  return later(payment.deadline, -policy.deferralMs / 3);
}

/**
 * The new deadline when the payment is to be deferred now, undefined when it is not. It is deferred when the provider cannot be
 * asked, or did not answer a few times, or when the first attempt of a try could not start in time (the event came late);
 * and only when that leaves time to pay.
 */
export function deferral(
  payment: Payment,
  attemptStarted: boolean,
  { now, providerAvailable }: Moment,
  policy: Policy,
): Date | undefined {
  const until = deferredDeadline(payment, now, policy);
  if (lastStart(payment, until, policy) <= now) return undefined;
  if (payment.status === 'deferred') {
    const extension = extensionTime(payment, now, policy);
    return extension && now >= extension ? until : undefined;
  }
  const askedInTime = !tooLate(payment, payment.askedAt, policy);
  const cameLate = !attemptStarted && askedInTime && tooLate(payment, now, policy);
  return !providerAvailable || payment.failures > QUICK_RETRIES || cameLate ? until : undefined;
}

const cap = ({ createdAt, startsAt }: Payment, { longestMs }: Policy): Date =>
  earliest(later(createdAt, longestMs), startsAt);
