import { decodeCursor, encodeCursor, timeAndId } from '@outerpark/chassis/http/paging';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Page } from '@outerpark/contracts/http/paging';
import { reservationStatus, type ReservationQuery } from '@outerpark/contracts/http/reservations';
import type { Reservation } from '../domain/reservation';
import { musicalsNamed } from './musical-names';

type Reader = Pick<Store, 'query'>;

const COLUMNS = `r.id, r.customer_id AS "customerId", r.musical_id AS "musicalId", r.musical,
  r.performance_id AS "performanceId", r.starts_at AS "startsAt", r.venue, r.lines, r.seats, r.price, r.status,
  r.payment_deadline AS "paymentDeadline", r.version, r.created_at AS "createdAt"`;

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Everybody's reservations, newest first. Of each status, and of each musical that a name means, only the first few are read, in the
 * order of an index that begins with it; they are put in order then.
 */
export async function listReservations(store: Reader, query: ReservationQuery): Promise<Page<Reservation>> {
  const { limit, cursor, status, customerId, musicalId, performanceId, q } = query;
  const [time, id] = cursor === undefined ? ['infinity', LAST_ID] : decodeCursor(cursor, timeAndId);
  const params: unknown[] = [time, id, limit + 1, status ? [status] : reservationStatus.options];
  const param = (value: unknown) => `$${params.push(value)}`;

  const wanted = Object.entries({ customer_id: customerId, musical_id: musicalId, performance_id: performanceId })
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => `r.${column} = ${param(value)}`);
  const ways = q === undefined ? [{ condition: 'TRUE' }] : await waysToFind(store, q, param);
  const branches = ways.map(
    ({ of = '', condition }) => `
      SELECT found.* FROM unnest($4::text[]) AS s (status) ${of} CROSS JOIN LATERAL (
        SELECT r.id, r.created_at FROM reservation r
        WHERE ${['r.status = s.status', condition, ...wanted].join(' AND ')} AND (r.created_at, r.id) < ($1::timestamptz, $2::uuid)
        ORDER BY r.created_at DESC, r.id DESC LIMIT $3) AS found`,
  );
  const rows = await store.query<Reservation>(
    `SELECT ${COLUMNS} FROM (
       SELECT id FROM (${branches.join(' UNION ')}) AS found ORDER BY created_at DESC, id DESC LIMIT $3
     ) AS page JOIN reservation r ON r.id = page.id
     ORDER BY r.created_at DESC, r.id DESC`,
    params,
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? encodeCursor([last.createdAt.toISOString(), last.id]) : null };
}

/** What somebody may mean by a word: whose reservations, of which musicals, or which one by the beginning of its id. */
async function waysToFind(store: Reader, q: string, param: (value: unknown) => string) {
  const ids = idsThatBeginWith(q);
  return [
    { condition: `r.customer_id = ${param(q)}` },
    {
      of: `CROSS JOIN unnest(${param(await musicalsNamed(store, q))}::uuid[]) AS m (id)`,
      condition: 'r.musical_id = m.id',
    },
    ...(ids ? [{ condition: `r.id BETWEEN ${param(ids.first)} AND ${param(ids.last)}` }] : []),
  ];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Fewer characters mean too many ids. */
const SHORTEST = 4;

/** The first and the last id that begins so; undefined when none can. */
export function idsThatBeginWith(text: string): { first: string; last: string } | undefined {
  const begin = text.toLowerCase();
  const first = begin + LAST_ID.replaceAll('f', '0').slice(begin.length);
  if (begin.length < SHORTEST || !UUID.test(first)) return undefined;
  return { first, last: begin + LAST_ID.slice(begin.length) };
}
