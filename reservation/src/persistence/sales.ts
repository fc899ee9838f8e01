import type { Store } from '@outerpark/chassis/postgres/store';
import type { Counted, SalesRange } from '../domain/sales';

/**
 * What was sold and cancelled in the range, in one reading. A sale is a reservation when it was confirmed, whatever became of it; a
 * cancellation is one of a sale. Each half reads the range of one index and no row of the table.
 */
export function countSales(
  store: Pick<Store, 'query'>,
  { by, from, to }: SalesRange,
  { musicalId = null, performanceId = null }: { musicalId?: string | null; performanceId?: string | null },
): Promise<Counted[]> {
  const half = (what: Counted['what'], time: string, condition: string) => `
    SELECT '${what}' AS what, date_trunc($1, ${time}, 'UTC') AS "from",
      count(*) AS reservations, sum(seats) AS seats, sum(price)::bigint AS amount
    FROM reservation
    WHERE ${condition} AND ${time} >= $2::timestamptz AND ${time} < $3::timestamptz
      AND ($4::uuid IS NULL OR musical_id = $4) AND ($5::uuid IS NULL OR performance_id = $5)
    GROUP BY 2`;
  return store.query<Counted>(
    `${half('sold', 'confirmed_at', 'confirmed_at IS NOT NULL')}
     UNION ALL ${half('cancelled', 'ended_at', `status = 'cancelled' AND confirmed_at IS NOT NULL`)}`,
    [by, from.toISOString(), to.toISOString(), musicalId, performanceId],
  );
}
