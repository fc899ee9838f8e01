import { z } from 'zod';
import { define } from './definition';
import { customerId, moment, won } from './values';

const payment = { reservationId: z.uuid(), customerId };

/** Aggregate of all of them: the payment, whose id is the reservation's. */
export const paymentEvents = {
  PaymentActionRequired: define('payment.events', "The customer has to act on the provider's page", {
    ...payment,
    url: z.url(),
  }),

  /** Reservation adopts the new deadline. `expectedAt` is when the payment is likely to be taken up, by itself. */
  PaymentDeferred: define(
    'payment.events',
    'The provider is overloaded or down: reserved, pay a little later, until a later deadline',
    { ...payment, paymentDeadline: moment, expectedAt: moment.optional() },
  ),

  PaymentDeclined: define(
    'payment.events',
    'A definite no of the provider: the customer may try again until the deadline',
    { ...payment, reason: z.string() },
  ),

  PaymentApproved: define('payment.events', 'The price is paid', { ...payment, amount: won }),

  PaymentCancelled: define(
    'payment.events',
    'After a cancellation or an expiry, nothing is charged any more: `refunded` may be 0',
    { ...payment, refunded: won, after: z.enum(['cancelled', 'expired']) },
  ),
};
