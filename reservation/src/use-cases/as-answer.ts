import type { AdminReservation, Reservation as ReservationAnswer } from '@outerpark/contracts/http/reservations';
import type { Reservation } from '../domain/reservation';

/** A reservation as its owner is told of it. */
export const asAnswer = (reservation: Reservation): ReservationAnswer => ({
  id: reservation.id,
  musicalId: reservation.musicalId,
  musical: reservation.musical,
  performanceId: reservation.performanceId,
  startsAt: reservation.startsAt.toISOString(),
  venue: reservation.venue,
  lines: reservation.lines,
  seats: reservation.seats,
  price: reservation.price,
  status: reservation.status,
  paymentDeadline: reservation.paymentDeadline.toISOString(),
  version: reservation.version,
});

/** A reservation as an admin is told of it. */
export const asAdminAnswer = (reservation: Reservation): AdminReservation => ({
  ...asAnswer(reservation),
  customerId: reservation.customerId,
  createdAt: reservation.createdAt.toISOString(),
});
