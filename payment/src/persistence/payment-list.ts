import { decodeCursor, encodeCursor, timeAndId } from '@outerpark/chassis/http/paging';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Page, PageQuery } from '@outerpark/contracts/http/paging';
import type { Payment } from '@outerpark/contracts/http/payments';

type Row = Omit<Payment, 'updatedAt' | 'expectedAt'> & { createdAt: Date; updatedAt: Date; expectedAt: Date | null };

/** Newest reservation first: the customer's, or everybody's for null. */
export async function listPayments(
  store: Pick<Store, 'query'>,
  customerId: string | null,
  { limit, cursor }: PageQuery,
): Promise<Page<Payment>> {
  const [createdAt, id] = cursor === undefined ? ['infinity', null] : decodeCursor(cursor, timeAndId);
  const rows = await store.query<Row>(
    `SELECT p.reservation_id AS "reservationId", p.status, p.price, p.url,
       p.expected_at AS "expectedAt", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
       coalesce(sum(l.amount) FILTER (WHERE l.kind = 'captured'), 0)::bigint AS captured,
       coalesce(sum(l.amount) FILTER (WHERE l.kind = 'refunded'), 0)::bigint AS refunded
     FROM (
       SELECT * FROM payment WHERE ${customerId === null ? '$1::text IS NULL' : 'customer_id = $1'}
         AND (created_at, reservation_id) < ($2::timestamptz, coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
       ORDER BY created_at DESC, reservation_id DESC LIMIT $4) p
     LEFT JOIN ledger l ON l.reservation_id = p.reservation_id
     GROUP BY p.reservation_id, p.status, p.price, p.url, p.expected_at, p.created_at, p.updated_at
     ORDER BY p.created_at DESC, p.reservation_id DESC`,
    [customerId, createdAt, id, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ createdAt: _, expectedAt, updatedAt, ...row }) => ({
      ...row,
      expectedAt: expectedAt?.toISOString() ?? null,
      updatedAt: updatedAt.toISOString(),
    })),
    next: rows.length > limit && last ? encodeCursor([last.createdAt.toISOString(), last.reservationId]) : null,
  };
}
