import type { Subscriptions } from '@outerpark/chassis/messaging/reading';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { ReservationEvent } from '../domain/wanted';

type ChangeWanted = (tx: Tx, event: ReservationEvent) => void;

export const subscriptions = (changeWanted: ChangeWanted): Subscriptions => ({
  SeatsReserved: changeWanted,
  PaymentRequested: changeWanted,
  ReservationCancelled: changeWanted,
  ReservationExpired: changeWanted,
  ReservationAbandoned: changeWanted,
});
