import { eventTopics, PARTITIONS } from '@outerpark/contracts/topics';
import type { KnownReservation } from '../domain/item';
import { ONLY_FOR_OPERATORS } from '../domain/story';
import type { SqliteStore } from './sqlite-store';

interface Row {
  id: string;
  customer_id: string;
  reserved_at: string;
  musical_id: string;
  musical: string;
  performance_id: string;
  starts_at: string;
  venue: string;
  lines: string;
  seats: number;
  price: number;
  status: KnownReservation['reservation']['status'];
  payment_deadline: string;
  version: number;
  payment: string | null;
  notices: string;
  timeline: string;
}

/**
 * Everything that had happened by then is in the view; undefined while some partition's end was never seen. As `caughtUpTo` has it,
 * but one row instead of one for each partition: every page asks. Moments are ISO 8601 text in one form.
 */
export async function viewAsOf(store: Pick<SqliteStore, 'read'>): Promise<Date | undefined> {
  const [found] = await store.read<{ known: number; oldest: string | null }>(
    `SELECT count(*) AS known, min(max(coalesce(applied_time, ''), coalesce(at_end_at, ''))) AS oldest
     FROM consumer_offset WHERE topic IN (SELECT value FROM json_each($1))`,
    [ALL_TOPICS],
  );
  return found?.known === eventTopics.length * PARTITIONS && found.oldest ? new Date(found.oldest) : undefined;
}

const ALL_TOPICS = JSON.stringify(eventTopics);

/** A reservation that is somebody's. */
export type KeptReservation = KnownReservation & { customerId: string; reservedAt: string };

/** The last reservation of the page before: when it was made, and its id. */
export type PageStart = [reservedAt: string, id: string];

/**
 * A customer's reservations, newest first, at most `limit` of them. One statement, so that all parts of a page are of one moment.
 * A reservation whose SeatsReserved has not come yet belongs to nobody so far, and so is on no page.
 */
export async function readReservations(
  store: Pick<SqliteStore, 'read'>,
  customerId: string,
  limit: number,
  after: PageStart | undefined,
): Promise<KeptReservation[]> {
  const rows = await store.read<Row>(
    `${ALL_OF_IT} WHERE customer_id = $1 ${after ? 'AND (reserved_at, id) < ($3, $4)' : ''}
     ORDER BY reserved_at DESC, id DESC LIMIT $2`,
    [customerId, limit, ...(after ?? [])],
  );
  return rows.map(fromRow);
}

/** Whose these reservations are; those that belong to nobody so far are left out. */
export const readOwners = (
  store: Pick<SqliteStore, 'read'>,
  ids: string[],
): Promise<{ id: string; customerId: string }[]> =>
  store.read(
    `SELECT id, customer_id AS "customerId" FROM reservation
     WHERE id IN (SELECT value FROM json_each($1)) AND customer_id IS NOT NULL`,
    [JSON.stringify(ids)],
  );

/** These reservations, as far as they belong to somebody: all parts of them are of one moment. */
export async function readReservationsById(
  store: Pick<SqliteStore, 'read'>,
  ids: string[],
): Promise<KeptReservation[]> {
  const rows = await store.read<Row>(
    `${ALL_OF_IT} WHERE id IN (SELECT value FROM json_each($1)) AND customer_id IS NOT NULL`,
    [JSON.stringify(ids)],
  );
  return rows.map(fromRow);
}

const ALL_OF_IT = `
     SELECT r.*,
       (SELECT json_object('status', status, 'refunded', refunded, 'url', url, 'reason', reason, 'expectedAt', expected_at,
          'deferredUntil', deferred_until) FROM payment WHERE reservation_id = r.id) AS payment,
       (SELECT json_group_array(json_object('id', id, 'kind', kind, 'status', status, 'at', at))
          FROM notice WHERE reservation_id = r.id) AS notices,
       (SELECT json_group_array(json_object('eventId', event_id, 'at', at, 'type', type, 'detail', json(detail)))
          FROM timeline WHERE reservation_id = r.id AND type <> '${ONLY_FOR_OPERATORS}') AS timeline
     FROM reservation r`;

const fromRow = (row: Row): KeptReservation => ({
  customerId: row.customer_id,
  reservedAt: row.reserved_at,
  reservation: {
    id: row.id,
    musicalId: row.musical_id,
    musical: row.musical,
    performanceId: row.performance_id,
    startsAt: row.starts_at,
    venue: row.venue,
    lines: JSON.parse(row.lines) as KnownReservation['reservation']['lines'],
    seats: row.seats,
    price: row.price,
    status: row.status,
    paymentDeadline: row.payment_deadline,
    version: row.version,
  },
  payment: row.payment === null ? null : (JSON.parse(row.payment) as KnownReservation['payment']),
  notices: JSON.parse(row.notices) as KnownReservation['notices'],
  timeline: JSON.parse(row.timeline) as KnownReservation['timeline'],
});
