import type { Store } from '@outerpark/chassis/postgres/store';
import type { GradeSeats } from '@outerpark/contracts/http/musicals';

type Row = Omit<GradeSeats, 'startsAt'> & { startsAt: Date };

/**
 * How every grade of a musical stands, at one moment; nothing when there is no such musical. Only what is held is counted, which is
 * what waits for its payment: what is sold is the rest of what is not free, however much it is.
 */
export async function seatsOf(store: Pick<Store, 'query'>, musicalId: string): Promise<GradeSeats[]> {
  const rows = await store.query<Row>(
    `WITH held AS (
       SELECT line->>'gradeId' AS grade_id, sum((line->>'seats')::int)::int AS seats
       FROM performance p
       JOIN hold h ON h.performance_id = p.id AND h.state = 'held'
       CROSS JOIN LATERAL jsonb_array_elements(h.lines) AS line
       WHERE p.musical_id = $1 GROUP BY 1
     )
     SELECT m.id AS "musicalId", m.name AS musical, p.id AS "performanceId", p.starts_at AS "startsAt", p.venue,
       g.id AS "gradeId", g.name AS grade, g.price, g.capacity, g.free, coalesce(held.seats, 0) AS held,
       g.capacity - g.free - coalesce(held.seats, 0) AS sold
     FROM musical m
     JOIN performance p ON p.musical_id = m.id
     JOIN grade g ON g.performance_id = p.id
     LEFT JOIN held ON held.grade_id = g.id::text
     WHERE m.id = $1 ORDER BY p.place, g.place`,
    [musicalId],
  );
  return rows.map((row) => ({ ...row, startsAt: row.startsAt.toISOString() }));
}
