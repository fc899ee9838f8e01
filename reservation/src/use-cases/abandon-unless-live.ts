import { problem } from '@outerpark/chassis/errors';
import { isUuid } from '@outerpark/chassis/http/validate';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Effect } from '@outerpark/chassis/operators/actions';
import { closeIntent, lockIntent } from '../persistence/intents';
import { lockReservation, newestVersion, saveVersion } from '../persistence/reservations';

/**
 * An operator's word that nobody has this reservation: musical releases its seats and payment gives back its money, if they still
 * have any. Only this service knows whether a reservation is live, so it is asked for both. Throws `not-found` for what is no
 * reservation's id, and `reservation-live`.
 */
export const createAbandonUnlessLive =
  (outbox: Outbox, now: () => Date, intentLimitMs: number): Effect =>
  async (tx, reservationId) => {
    if (!isUuid(reservationId)) throw problem('not-found', 'This is no id of a reservation');
    const time = now();
    // Always there from here on, so that two operators wait for each other, and no late request makes this reservation.
    const intent = await lockIntent(tx, reservationId);
    const reservation = await lockReservation(tx, reservationId);
    if (reservation?.status === 'awaiting_payment' || reservation?.status === 'confirmed') {
      throw problem('reservation-live', `The reservation is ${reservation.status}: cancel it if it has to end`);
    }
    if (intent.state === 'open' && time.getTime() - intent.claimedAt.getTime() < intentLimitMs) {
      throw problem('reservation-live', 'The reservation is just being made');
    }
    await closeIntent(tx, reservationId);
    const version = Math.max(reservation?.version ?? 0, await newestVersion(tx, reservationId)) + 1;
    if (reservation) await saveVersion(tx, reservationId, version);
    const { customerId } = reservation ?? intent;
    outbox.append(
      tx,
      reservationId,
      version,
      [{ type: 'ReservationAbandoned', data: { reservationId, customerId } }],
      time,
    );
    return reservation ? `told that it is ${reservation.status}` : 'told that there is no such reservation';
  };
