import type { DomainEvent } from '@outerpark/contracts/events';
import type { PaymentStatus } from '@outerpark/contracts/http/payments';
import type { ReservationStatus } from '@outerpark/contracts/http/reservations';
import type { paymentEvents } from '@outerpark/contracts/payment-events';
import type { reservationEvents } from '@outerpark/contracts/reservation-events';

/** The events of a reservation that a customer knows of: an abandoned intent never became one. */
export type ReservationEvent = Exclude<keyof typeof reservationEvents, 'ReservationAbandoned'>;
export type PaymentEvent = keyof typeof paymentEvents;

/** What a reservation is after its event; undefined: what it was. */
export const statusAfter: Record<ReservationEvent, ReservationStatus | undefined> = {
  SeatsReserved: 'awaiting_payment',
  PaymentRequested: undefined,
  ReservationConfirmed: 'confirmed',
  ReservationCancelled: 'cancelled',
  ReservationExpired: 'expired',
};

export interface PaymentState {
  status: PaymentStatus;
  /** KRW */
  refunded: number;
  /** The provider's page, while the customer has to act there. */
  url: string | null;
  /** Why the provider declined, until something else happens. */
  reason: string | null;
  /** While it is deferred: when it is likely to be taken up. */
  expectedAt: string | null;
}

/** What a customer sees before payment has said anything. */
export const noPaymentYet: PaymentState = {
  status: 'requested',
  refunded: 0,
  url: null,
  reason: null,
  expectedAt: null,
};

/** What a payment is after its event, whatever it was before. */
export function paymentAfter(event: DomainEvent<PaymentEvent>): PaymentState {
  switch (event.type) {
    case 'PaymentActionRequired':
      return { ...noPaymentYet, status: 'action_required', url: event.data.url };
    case 'PaymentDeferred':
      return { ...noPaymentYet, status: 'deferred', expectedAt: event.data.expectedAt ?? null };
    case 'PaymentDeclined':
      return { ...noPaymentYet, status: 'declined', reason: event.data.reason };
    case 'PaymentApproved':
      return { ...noPaymentYet, status: 'approved' };
    case 'PaymentCancelled':
      return { ...noPaymentYet, status: 'cancelled', refunded: event.data.refunded };
  }
}
