import { z } from 'zod';
import { moment, pricedLine, seatCount, won } from '../values';
import { EXAMPLE_RESERVATION } from './examples';
import { wantedSeats } from './holds';

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
