import { currentContext, type Context } from '@outerpark/chassis/context';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { EntityManager } from 'typeorm';
import { evolve, type Reservation, type ReservationEvent } from '../domain/reservation';
import { COLUMNS, ReservationEntity, type ReservationRow } from './reservation-entity';

const NAMES = COLUMNS.map(([, column]) => column).join(', ');
const SELECTED = COLUMNS.map(([property, column]) => `${column} AS "${property}"`).join(', ');

/** Reads a reservation and keeps it locked until the transaction ends. */
export const lockReservation = (tx: Tx, id: string): Promise<ReservationRow | null> =>
  tx.manager.findOne(ReservationEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });

export const findReservation = (manager: EntityManager, id: string): Promise<ReservationRow | null> =>
  manager.findOne(ReservationEntity, { where: { id } });

/** Reads reservations and keeps them locked until the transaction ends. */
export async function lockReservations(tx: Tx, ids: string[]): Promise<Map<string, Reservation>> {
  const rows = await tx.query<Reservation>(
    `SELECT ${SELECTED} FROM reservation WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** A new reservation with its first event, and the request that makes it. */
export interface Made {
  reservation: Reservation;
  reserved: DomainEvent<'SeatsReserved'>;
  context: Context;
}

export async function insertReservations(tx: Tx, outbox: Outbox, made: Made[], time: Date): Promise<void> {
  const rows = made.map(({ reservation, context }) => {
    const row: Partial<ReservationRow> = { ...reservation, ...context };
    return Object.fromEntries(COLUMNS.map(([property, column]) => [column, row[property]]));
  });
  await tx.query(
    `INSERT INTO reservation (${NAMES}) SELECT ${NAMES} FROM json_populate_recordset(NULL::reservation, $1)`,
    [JSON.stringify(rows)],
  );
  outbox.appendAll(
    tx,
    made.map(({ reservation: { id, version }, reserved, context }) => ({
      ...{ subject: id, firstVersion: version, events: [reserved], context },
    })),
    time,
  );
}

/** What happened to a reservation, and in which request. */
export interface Changed {
  before: Reservation;
  events: ReservationEvent[];
  context: Context;
}

/** The states of different reservations and their events, together. Gives the reservations as they are now. */
export async function saveReservations(tx: Tx, outbox: Outbox, changed: Changed[], time: Date): Promise<Reservation[]> {
  const after = changed.map(({ before, events }) => events.reduce(evolve, before));
  const real = after.filter((_, index) => changed[index]!.events.length > 0);
  if (real.length === 0) return after;
  await tx.query(
    `UPDATE reservation r SET status = c.status, version = c.version,
       confirmed_at = CASE WHEN c.status = 'confirmed' THEN $4::timestamptz ELSE r.confirmed_at END,
       ended_at = CASE WHEN c.status IN ('cancelled', 'expired') THEN $4::timestamptz ELSE r.ended_at END
     FROM unnest($1::uuid[], $2::text[], $3::int[]) AS c (id, status, version) WHERE r.id = c.id`,
    [real.map(({ id }) => id), real.map(({ status }) => status), real.map(({ version }) => version), time],
  );
  outbox.appendAll(
    tx,
    changed.map(({ before, events, context }) => ({
      ...{ subject: before.id, firstVersion: before.version + 1, events, context },
    })),
    time,
  );
  return after;
}

/** The state and its events, together. Gives the reservation as it is now. */
export async function saveReservation(
  tx: Tx,
  outbox: Outbox,
  before: Reservation,
  events: ReservationEvent[],
  time: Date,
): Promise<Reservation> {
  const [after] = await saveReservations(tx, outbox, [{ before, events, context: currentContext() }], time);
  return after!;
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
