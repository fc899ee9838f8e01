import type { EventData } from '@outerpark/contracts/events';
import type { NoticeKind } from '@outerpark/contracts/notification-events';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { PaymentState } from '../domain/states';

// Every write here gives the same rows in whatever order and however often the events come: what is said once is simply
// written, what changes is guarded by the aggregate's version, and a row is made by whichever event comes first.

export async function writeReservation(tx: Tx, reserved: EventData<'SeatsReserved'>, at: string): Promise<void> {
  await tx.query(
    `INSERT INTO reservation (id, customer_id, reserved_at, musical_id, musical, performance_id, starts_at, venue,
       lines, seats, price, payment_deadline)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, reserved_at = excluded.reserved_at,
       musical_id = excluded.musical_id, musical = excluded.musical, performance_id = excluded.performance_id,
       starts_at = excluded.starts_at, venue = excluded.venue, lines = excluded.lines, seats = excluded.seats,
       price = excluded.price, payment_deadline = excluded.payment_deadline`,
    [
      reserved.reservationId,
      reserved.customerId,
      at,
      reserved.musicalId,
      reserved.musical,
      reserved.performanceId,
      reserved.startsAt,
      reserved.venue,
      JSON.stringify(reserved.lines),
      reserved.seats,
      reserved.price,
      reserved.paymentDeadline,
    ],
  );
}

export async function writeReservationVersion(tx: Tx, id: string, version: number): Promise<void> {
  await tx.query(
    `INSERT INTO reservation (id, version) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version WHERE excluded.version > reservation.version`,
    [id, version],
  );
}

export async function writeReservationStatus(tx: Tx, id: string, version: number, status: string): Promise<void> {
  await tx.query(
    `INSERT INTO reservation (id, status, status_version) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, status_version = excluded.status_version
     WHERE excluded.status_version > reservation.status_version`,
    [id, status, version],
  );
}

export async function writePayment(tx: Tx, reservationId: string, version: number, state: PaymentState): Promise<void> {
  const { status, refunded, url, reason, expectedAt } = state;
  await tx.query(
    `INSERT INTO payment (reservation_id, version, status, refunded, url, reason, expected_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (reservation_id) DO UPDATE SET version = excluded.version, status = excluded.status,
       refunded = excluded.refunded, url = excluded.url, reason = excluded.reason, expected_at = excluded.expected_at
     WHERE excluded.version > payment.version`,
    [reservationId, version, status, refunded, url, reason, expectedAt],
  );
}

/** A deferral only ever moves the deadline later. */
export async function writeDeferral(tx: Tx, reservationId: string, until: string): Promise<void> {
  await tx.query(
    `INSERT INTO payment (reservation_id, deferred_until) VALUES ($1, $2)
     ON CONFLICT (reservation_id) DO UPDATE SET deferred_until = excluded.deferred_until
     WHERE payment.deferred_until IS NULL OR excluded.deferred_until > payment.deferred_until`,
    [reservationId, until],
  );
}

export interface NoticeRow {
  id: string;
  version: number;
  reservationId: string;
  kind: NoticeKind;
  status: 'sent' | 'failed';
  at: string;
}

export async function writeNotice(tx: Tx, notice: NoticeRow): Promise<void> {
  await tx.query(
    `INSERT INTO notice (id, version, reservation_id, kind, status, at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, at = excluded.at
     WHERE excluded.version > notice.version`,
    [notice.id, notice.version, notice.reservationId, notice.kind, notice.status, notice.at],
  );
}

export interface TimelineRow {
  eventId: string;
  reservationId: string;
  at: string;
  type: string;
  /** Which one told it. */
  service: string;
  /** Of its aggregate. */
  version: number;
  correlationId: string;
  detail: object;
}

export async function writeTimeline(tx: Tx, told: TimelineRow): Promise<void> {
  const { eventId, reservationId, at, type, service, version, correlationId, detail } = told;
  await tx.query(
    `INSERT INTO timeline (event_id, reservation_id, at, type, service, version, correlation_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (event_id) DO NOTHING`,
    [eventId, reservationId, at, type, service, version, correlationId, JSON.stringify(detail)],
  );
}
