import { z } from 'zod';
import { define } from './definition';
import { customerId, moment, pricedLine, seatCount, won } from './values';

const ended = { reservationId: z.uuid(), customerId, performanceId: z.uuid(), price: won };

/** Aggregate of all of them: the reservation. */
export const reservationEvents = {
  /** `price` is KRW, all seats together. */
  SeatsReserved: define('reservation.events', 'Seats are held for a customer, who has until the deadline to pay', {
    reservationId: z.uuid(),
    customerId,
    musicalId: z.uuid(),
    musical: z.string(),
    performanceId: z.uuid(),
    startsAt: moment,
    venue: z.string(),
    lines: z.array(pricedLine).min(1),
    seats: seatCount,
    price: won,
    paymentDeadline: moment,
  }),

  ReservationAbandoned: define(
    'reservation.events',
    'An intent whose hold got no definite answer: whatever was held is released, whatever comes later is refused',
    { reservationId: z.uuid(), customerId },
  ),

  PaymentRequested: define('reservation.events', 'The customer asks to try paying again after a decline', {
    reservationId: z.uuid(),
    customerId,
  }),

  ReservationConfirmed: define('reservation.events', 'The reservation is paid: its seats are sold', ended),
  ReservationCancelled: define('reservation.events', 'A customer or an admin cancelled the reservation', {
    ...ended,
    by: z.enum(['customer', 'admin']),
  }),
  ReservationExpired: define('reservation.events', 'The deadline passed without a payment', ended),
};
