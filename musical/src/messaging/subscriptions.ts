import type { Subscriptions } from '@outerpark/chassis/messaging/reading';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { sellSeats } from '../use-cases/end-hold';

type Release = (tx: Tx, reservationId: string, customerId: string) => Promise<void>;

export const subscriptions = (releaseSeats: Release): Subscriptions => ({
  ReservationConfirmed: (tx, { data }) => sellSeats(tx, data.reservationId),
  ReservationCancelled: (tx, { data }) => releaseSeats(tx, data.reservationId, data.customerId),
  ReservationExpired: (tx, { data }) => releaseSeats(tx, data.reservationId, data.customerId),
  ReservationAbandoned: (tx, { data }) => releaseSeats(tx, data.reservationId, data.customerId),
});
