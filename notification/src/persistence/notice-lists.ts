import { decodeCursor, encodeCursor, timeAndId } from '@outerpark/chassis/http/paging';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Notice } from '@outerpark/contracts/http/notifications';
import type { Page, PageQuery } from '@outerpark/contracts/http/paging';

/** A customer's notices, or everybody's, newest first, each with its delivery log. */
export async function listNotices(
  store: Pick<Store, 'query'>,
  customerId: string | undefined,
  { limit, cursor }: PageQuery,
): Promise<Page<Notice>> {
  const after = cursor === undefined ? [null, null] : decodeCursor(cursor, timeAndId);
  const rows = await store.query<Omit<Notice, 'createdAt'> & { createdAt: Date }>(
    `SELECT id, reservation_id AS "reservationId", kind, channel, status, created_at AS "createdAt",
       (SELECT coalesce(json_agg(json_build_object('at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'channel', channel, 'outcome', outcome, 'error', error) ORDER BY delivery.id), '[]')
        FROM delivery WHERE notice_id = notice.id) AS deliveries
     FROM notice
     WHERE ($1::text IS NULL OR customer_id = $1) AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4`,
    [customerId ?? null, ...after, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ createdAt, ...notice }) => ({ ...notice, createdAt: createdAt.toISOString() })),
    next: rows.length > limit && last ? encodeCursor([last.createdAt.toISOString(), last.id]) : null,
  };
}
