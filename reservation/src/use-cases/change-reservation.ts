import { currentContext } from '@outerpark/chassis/context';
import { PermanentError, problem } from '@outerpark/chassis/errors';
import { isAdmin, type Identity } from '@outerpark/chassis/http/auth';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import { atCommit } from '@outerpark/chassis/postgres/at-commit';
import type { Database } from '@outerpark/chassis/postgres/database';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { adoptDeadline, decide, evolve, type Command, type Reservation } from '../domain/reservation';
import {
  findReservation,
  lockReservation,
  lockReservations,
  markSagaStep,
  saveDeadline,
  saveReservation,
  saveReservations,
} from '../persistence/reservations';

/** Finds a reservation for its owner or an admin; to anybody else it does not exist. */
export const createFindReservation =
  (database: Database) =>
  async (id: string, reader: Identity): Promise<Reservation> => {
    const reservation = await findReservation(database.manager, id);
    if (!reservation || !mayTouch(reader, reservation)) throw problem('not-found');
    return reservation;
  };

/** Cancels; again is answered the same and does nothing. Throws `not-found`, `reservation-ended`, `performance-over`. */
export const createCancelReservation =
  (database: Database, outbox: Outbox, now: () => Date) =>
  (id: string, canceller: Identity): Promise<Reservation> =>
    database.transact((tx) => {
      const by = isAdmin(canceller) ? 'admin' : 'customer';
      const cancel = (time: Date): Command => ({ type: 'Cancel', by, now: time });
      return change(tx, outbox, id, cancel, now, (found) => mayTouch(canceller, found));
    });

/** Asks for another try to pay. Throws `not-found`, and `payment-not-open` when there is nothing to pay now. */
export const createRequestPayment =
  (database: Database, outbox: Outbox, now: () => Date) =>
  (id: string, customer: Identity): Promise<Reservation> =>
    database.transact((tx) =>
      change(
        tx,
        outbox,
        id,
        (time) => ({ type: 'RequestPayment', now: time }),
        now,
        (found) => found.customerId === customer.customerId,
      ),
    );

/** Reservations are paid: each is confirmed, unless it has ended before. All of a transaction are confirmed together. */
export const createConfirmPaid = (outbox: Outbox, now: () => Date) =>
  atCommit<string>(async (tx, wanted) => {
    const reservations = await lockReservations(
      tx,
      wanted.map(({ item: id }) => id),
    );
    const changed = wanted.map(({ item: id, within }) => {
      const before = existing(reservations.get(id), id);
      const decision = decide({ type: 'ConfirmPaid' }, before);
      const events = 'events' in decision ? decision.events : [];
      reservations.set(id, events.reduce(evolve, before));
      return { before, events, context: within(currentContext) };
    });
    await saveReservations(tx, outbox, changed, now());
  });

/** Payment is put off: the customer gets the new deadline. */
export async function adoptNewDeadline(tx: Tx, id: string, deadline: Date): Promise<void> {
  const reservation = await ours(tx, id);
  const adopted = adoptDeadline(reservation, deadline);
  if (adopted !== reservation) await saveDeadline(tx, adopted);
}

/** Another service has done its part of the cancel saga. */
export const noteSagaStep = markSagaStep;

async function change(
  tx: Tx,
  outbox: Outbox,
  id: string,
  commandAt: (time: Date) => Command,
  now: () => Date,
  may: (reservation: Reservation) => boolean,
): Promise<Reservation> {
  const reservation = await lockReservation(tx, id);
  if (!reservation || !may(reservation)) throw problem('not-found');
  // Only now: it may have waited for the lock, and no event is older than the one before it.
  const time = now();
  const decision = decide(commandAt(time), reservation);
  if ('refused' in decision)
    throw problem(decision.refused, `The reservation is ${reservation.status}`, {
      reservationStatus: reservation.status,
    });
  return saveReservation(tx, outbox, reservation, decision.events, time);
}

const ours = async (tx: Tx, id: string): Promise<Reservation> => existing(await lockReservation(tx, id), id);

/** An event about a reservation that this service never made can never be applied. */
function existing(reservation: Reservation | null | undefined, id: string): Reservation {
  if (!reservation) throw new PermanentError(`there is no reservation ${id}`);
  return reservation;
}

const mayTouch = (who: Identity, reservation: Reservation): boolean =>
  isAdmin(who) || reservation.customerId === who.customerId;
