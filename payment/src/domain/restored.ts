import type { RecordedEvent } from '@outerpark/contracts/events';
import type { Attempt, Payment } from './payment';

export type PaymentEvent = RecordedEvent<
  'PaymentActionRequired' | 'PaymentDeferred' | 'PaymentDeclined' | 'PaymentApproved' | 'PaymentCancelled'
>;

/** A charge as the provider has it. Amounts in KRW. */
export interface KnownCharge {
  key: string;
  status: 'approved' | 'declined' | 'requires_action' | 'cancelled';
  amount: number;
  reason?: string;
  url?: string;
  createdAt: string;
}

/** A payment that was put back, as it is after an event of its own that it does not know any more. The worker looks at it `now`. */
export function afterOwn(payment: Payment, event: PaymentEvent, now: Date): Payment {
  const { version, time } = event;
  const known = { ...payment, version, url: null, updatedAt: new Date(time), nextAttemptAt: now, parkedUntil: null };
  switch (event.type) {
    case 'PaymentActionRequired':
      return { ...known, status: 'action_required', url: event.data.url };
    case 'PaymentDeferred':
      return {
        ...known,
        status: 'deferred',
        deadline: new Date(event.data.paymentDeadline),
        deferredSince: payment.deferredSince ?? new Date(time),
      };
    case 'PaymentDeclined':
      return { ...known, status: 'declined', deferredSince: null };
    case 'PaymentApproved':
      return { ...known, status: 'approved', deferredSince: null };
    case 'PaymentCancelled':
      return { ...known, status: 'cancelled', deferredSince: null, ended: event.data.after };
  }
}

/**
 * The attempt behind a provider's charge. What this payment has told stands as settled; a newest one of which it has told nothing is
 * open again, so that the worker asks about it under its key, settles and tells it.
 */
export function attemptOf(charge: KnownCharge, { status }: Payment, newest: boolean, refunded: boolean): Attempt {
  const { key: id, amount, reason = null, url = null } = charge;
  const createdAt = new Date(charge.createdAt);
  const attempt = { id, kind: 'charge' as const, amount, createdAt, reason: null, url: null, settledAt: null };
  const over = status === 'cancelled';
  switch (charge.status) {
    case 'approved':
      return status === 'approved' || refunded || over
        ? { ...attempt, state: 'captured', settledAt: createdAt }
        : { ...attempt, state: 'open' };
    case 'declined':
    case 'cancelled':
      return !newest || status === 'declined' || over
        ? { ...attempt, state: charge.status, reason, settledAt: createdAt }
        : { ...attempt, state: 'open' };
    case 'requires_action':
      return { ...attempt, state: 'action_required', url };
  }
}
