import { z } from 'zod';
import { define } from './definition';
import { customerId, moment, pricedLine, seatCount, won } from './values';

const ended = { reservationId: z.uuid(), customerId, performanceId: z.uuid(), price: won };

/** Aggregate of all of them: the reservation. */
export const reservationEvents = {
  /** Seats are held for a customer who has until `paymentDeadline` to pay `price` (KRW, all seats together). */
  SeatsReserved: define('reservation.events', {
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

  /** An intent whose hold got no definite answer. Whatever was held is released, whatever comes later is refused. */
  ReservationAbandoned: define('reservation.events', { reservationId: z.uuid(), customerId }),

  /** The customer asks to try paying again after a decline. */
  PaymentRequested: define('reservation.events', { reservationId: z.uuid(), customerId }),

  ReservationConfirmed: define('reservation.events', ended),
  ReservationCancelled: define('reservation.events', { ...ended, by: z.enum(['customer', 'admin']) }),
  ReservationExpired: define('reservation.events', ended),
};
