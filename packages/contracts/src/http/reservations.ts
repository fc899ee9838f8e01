import { z } from 'zod';
import { customerId, line, moment, pricedLine, seatCount, won } from '../values';
import { EXAMPLE_RESERVATION } from './examples';
import { wantedSeats } from './holds';
import { pageQuery } from './paging';

/** `POST /api/reservations` */
export const reserveSeats = wantedSeats;
export type ReserveSeats = z.infer<typeof reserveSeats>;

export const reservationStatus = z.enum(['awaiting_payment', 'confirmed', 'cancelled', 'expired']);
export type ReservationStatus = z.infer<typeof reservationStatus>;

export const reservation = z
  .object({
    id: z.uuid(),
    musicalId: z.uuid(),
    musical: z.string(),
    performanceId: z.uuid(),
    startsAt: moment,
    venue: z.string(),
    lines: z.array(pricedLine),
    seats: seatCount,
    price: won,
    status: reservationStatus,
    paymentDeadline: moment,
    version: z.int().min(1),
  })
  .meta({ id: 'Reservation', examples: [EXAMPLE_RESERVATION] });
export type Reservation = z.infer<typeof reservation>;

/** Query of `GET /api/admin/reservations`. */
export const reservationQuery = pageQuery.extend({
  status: reservationStatus.optional(),
  customerId: line(255).optional(),
  musicalId: z.uuid().optional(),
  performanceId: z.uuid().optional(),
  /** The first four characters or more of its id, its customer's id, or a part of the musical's name in whatever case. */
  q: line(255).optional(),
});
export type ReservationQuery = z.infer<typeof reservationQuery>;

/** A reservation as an admin is told of it. */
export const adminReservation = reservation.extend({ customerId, createdAt: moment }).meta({
  id: 'AdminReservation',
  examples: [{ ...EXAMPLE_RESERVATION, customerId: 'alice', createdAt: '2026-11-23T10:06:09.306Z' }],
});
export type AdminReservation = z.infer<typeof adminReservation>;
