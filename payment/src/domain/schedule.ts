import { extensionTime } from './deferral';
import { asksProvider, nextStep } from './next-step';
import { earliest, later, type Attempt, type Moment, type Payment, type Policy } from './payment';

/** The payment with the time at which the worker takes it up again, by what it will have to do then. */
export function scheduled(
  payment: Payment,
  attempts: Attempt[],
  askNotBefore: Date,
  at: Moment,
  policy: Policy,
): Payment {
  const step = nextStep(payment, attempts, at, policy);
  if (step.do === 'nothing') return { ...payment, nextAttemptAt: null, parkedUntil: null };
  if (step.do === 'await_provider') {
    // Who was due keeps the place in the queue, but for a retry's wait after each unknown answer: so that a payment which never gets
    // an answer is not the one that finds out, again and again, whether the provider is back for the others.
    const wait = askNotBefore.getTime() - at.now.getTime();
    const place = earliest(later(payment.nextAttemptAt ?? at.now, wait), at.now);
    return { ...payment, nextAttemptAt: place, parkedUntil: step.until };
  }
  if (!asksProvider(step)) return { ...payment, nextAttemptAt: at.now, parkedUntil: null };
  const extension = extensionTime(payment, at.now, policy);
  return { ...payment, nextAttemptAt: extension ? earliest(askNotBefore, extension) : askNotBefore, parkedUntil: null };
}

/** After an unknown answer: later each time, and spread by a quarter, so that payments do not come back in step. */
export function retryTime({ failures }: Payment, { now, chance }: Moment, { retryMs }: Policy): Date {
  if (failures === 0) return now;
  const wait = Math.min(retryMs.first * 2 ** Math.min(failures - 1, 20), retryMs.longest);
  return later(now, wait * (0.75 + chance / 2));
}

/** When the page's result is asked for next: often at first, while the customer is likely to be on the page. */
export const pollTime = ({ createdAt }: Attempt, { now }: Moment, { pagePollMs }: Policy): Date =>
  later(now, Math.max(pagePollMs.first, Math.min((now.getTime() - createdAt.getTime()) / 10, pagePollMs.longest)));

/** An event or a webhook that came while the provider was asked may say more than its answer: then it is asked again at once. */
export const hurried = (payment: Payment, cameMeanwhile: Date | null): Payment =>
  payment.nextAttemptAt && !payment.parkedUntil && cameMeanwhile
    ? { ...payment, nextAttemptAt: earliest(payment.nextAttemptAt, cameMeanwhile) }
    : payment;
