import { currentContext } from '@outerpark/chassis/context';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { EntityManager } from 'typeorm';
import { evolve, type Reservation, type ReservationEvent } from '../domain/reservation';
import { ReservationEntity, type ReservationRow } from './reservation-entity';

/** Reads a reservation and keeps it locked until the transaction ends. */
export const lockReservation = (tx: Tx, id: string): Promise<ReservationRow | null> =>
  tx.manager.findOne(ReservationEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });

export const findReservation = (manager: EntityManager, id: string): Promise<ReservationRow | null> =>
  manager.findOne(ReservationEntity, { where: { id } });

export async function insertReservation(
  tx: Tx,
  outbox: Outbox,
  reservation: Reservation,
  reserved: DomainEvent<'SeatsReserved'>,
): Promise<void> {
  await tx.manager.insert(ReservationEntity, { ...reservation, ...currentContext() });
  outbox.append(tx, reservation.id, reservation.version, [reserved], reservation.createdAt);
}

/** The state and its events, together. Gives the reservation as it is now. */
export async function saveReservation(
  tx: Tx,
  outbox: Outbox,
  before: Reservation,
  events: ReservationEvent[],
  time: Date,
): Promise<Reservation> {
  if (events.length === 0) return before;
  const after = events.reduce(evolve, before);
  const { status, version } = after;
  const over = status === 'cancelled' || status === 'expired';
  await tx.manager.update(
    ReservationEntity,
    { id: after.id },
    {
      ...{ status, version },
      ...(status === 'confirmed' ? { confirmedAt: time } : {}),
      ...(over ? { endedAt: time } : {}),
    },
  );
  outbox.append(tx, after.id, before.version + 1, events, time);
  return after;
}

export async function saveDeadline(tx: Tx, { id, paymentDeadline }: Reservation): Promise<void> {
  await tx.manager.update(ReservationEntity, { id }, { paymentDeadline });
}

/** A step of the cancel saga has been done by another service. */
export async function markSagaStep(
  tx: Tx,
  id: string,
  step: 'seatsReleasedAt' | 'paymentCancelledAt',
  time: Date,
): Promise<void> {
  await tx.manager.update(ReservationEntity, { id }, { [step]: time });
}

/**
 * Unpaid reservations whose deadline lies before `limit`, and whose own events reached Kafka before `publishedBefore`: a
 * reservation that payment could not hear of yet is not late.
 */
export async function dueReservations(
  store: Pick<Store, 'query'>,
  limit: Date,
  publishedBefore: Date,
  atMost: number,
): Promise<string[]> {
  const rows = await store.query<{ id: string }>(
    `SELECT id FROM reservation r
     WHERE status = 'awaiting_payment' AND payment_deadline <= $1 AND NOT EXISTS (
       SELECT 1 FROM outbox o
       WHERE o.topic = 'reservation.events' AND o.subject = r.id::text
         AND (o.published_at IS NULL OR o.published_at > $2))
     ORDER BY payment_deadline LIMIT $3`,
    [limit, publishedBefore, atMost],
  );
  return rows.map(({ id }) => id);
}

/** The version of the newest event that the outbox still has of this aggregate; 0 without any. */
export async function newestVersion(tx: Tx, id: string): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    `SELECT coalesce(max(version), 0) AS version FROM outbox WHERE topic = 'reservation.events' AND subject = $1`,
    [id],
  );
  return row!.version;
}

export async function saveVersion(tx: Tx, id: string, version: number): Promise<void> {
  await tx.manager.update(ReservationEntity, { id }, { version });
}
