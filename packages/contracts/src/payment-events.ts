import { z } from 'zod';
import { define } from './definition';
import { customerId, moment, won } from './values';

const payment = { reservationId: z.uuid(), customerId };

/** Aggregate of all of them: the payment, whose id is the reservation's. */
export const paymentEvents = {
  /** The customer has to act on the provider's page. */
  PaymentActionRequired: define('payment.events', { ...payment, url: z.url() }),

  /**
   * The provider is overloaded or down: reserved, pay a little later. Reservation adopts the new deadline. `expectedAt` is when the
   * payment is likely to be taken up, by itself.
   */
  PaymentDeferred: define('payment.events', { ...payment, paymentDeadline: moment, expectedAt: moment.optional() }),

  /** A definite no of the provider. The customer may try again until the deadline. */
  PaymentDeclined: define('payment.events', { ...payment, reason: z.string() }),

  PaymentApproved: define('payment.events', { ...payment, amount: won }),

  /** After every cancellation and expiry, when nothing is charged any more. `refunded` may be 0. */
  PaymentCancelled: define('payment.events', { ...payment, refunded: won, after: z.enum(['cancelled', 'expired']) }),
};
