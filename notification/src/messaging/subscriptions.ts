import {
  contactReader,
  eventReader,
  type MessageReader,
  type Subscriptions,
} from '@outerpark/chassis/messaging/reading';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { Topic } from '@outerpark/contracts/topics';
import { saveBooking, saveContact } from '../persistence/customers';
import type { Announce } from '../use-cases/announce';

/** What notification does about the events it reads. `wake` is called after each that may have made a notice ready to go. */
export function readers(announce: Announce, wake: () => void): Partial<Record<Topic, MessageReader>> {
  const waking =
    <Args extends unknown[]>(work: (tx: Tx, ...args: Args) => void | Promise<void>) =>
    async (tx: Tx, ...args: Args): Promise<void> => {
      await work(tx, ...args);
      tx.afterCommit(wake);
    };
  const announced = waking(announce);
  const ofReservation: Subscriptions = {
    SeatsReserved: waking((tx, event) => saveBooking(tx, event.data)),
    ReservationConfirmed: announced,
    ReservationExpired: announced,
  };
  const ofPayment: Subscriptions = {
    PaymentActionRequired: announced,
    PaymentDeferred: announced,
    PaymentDeclined: announced,
    PaymentCancelled: announced,
  };
  return {
    'reservation.events': eventReader(ofReservation),
    'payment.events': eventReader(ofPayment),
    'customer.contacts': contactReader(waking(saveContact)),
  };
}
