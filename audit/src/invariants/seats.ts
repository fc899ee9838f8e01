import { always, atLast, type Invariant } from '../invariant';

/** One row for each grade: its seats by the holds that have them. */
const TAKEN = `(
  SELECT g.*, coalesce(sum(l.seats) FILTER (WHERE l.state = 'held'), 0) AS held,
    coalesce(sum(l.seats) FILTER (WHERE l.state = 'sold'), 0) AS sold
  FROM grade g LEFT JOIN hold_line l ON l.grade_id = g.id GROUP BY g.id)`;

export const seats: Invariant = {
  name: 'I1',
  title: 'free + held + sold = capacity',
  figures: `SELECT count(*) AS grades, sum(capacity) AS seats, sum(free) AS free, sum(held) AS held, sum(sold) AS sold,
    (SELECT count(*) FROM hold WHERE state <> 'released') AS "live holds" FROM ${TAKEN}`,
  checks: [
    always(`
      SELECT 'grade ' || id || ' ' || (free + held + sold - capacity) AS key,
        format('grade %s: %d free + %d held + %d sold is %d, and the capacity %d', id, free, held, sold, free + held + sold, capacity)
          AS breach
      FROM ${TAKEN} WHERE free + held + sold <> capacity`),

    always(`SELECT format('grade %s: %d seats are free', id, free) AS breach FROM grade WHERE free < 0`),

    always(`
      SELECT format('hold %s: has seats of grade %s, which its performance has not', l.reservation_id, l.grade_id) AS breach
      FROM hold_line l LEFT JOIN grade g ON g.id = l.grade_id WHERE g.performance_id IS NOT l.performance_id`),

    atLast(`
      SELECT format('hold %s: is %s, and its reservation is %s', h.reservation_id, h.state,
        coalesce(r.status, 'none, its intent ' || i.state, 'none, and it has no intent')) AS breach
      FROM hold h LEFT JOIN reservation r ON r.id = h.reservation_id LEFT JOIN intent i ON i.reservation_id = h.reservation_id
      WHERE h.state <> 'released' AND coalesce(r.status NOT IN ('awaiting_payment', 'confirmed'), i.state IS NOT 'open')`),

    atLast(`
      SELECT format('reservation %s: is %s, and its hold is %s', r.id, r.status, h.state) AS breach
      FROM reservation r JOIN hold h ON h.reservation_id = r.id
      WHERE h.state <> 'released' AND r.status IN ('awaiting_payment', 'confirmed')
        AND (r.status = 'confirmed') <> (h.state = 'sold')`),

    atLast(`
      SELECT format('reservation %s: is %s, and %s', r.id, r.status, CASE
        WHEN h.state IS NULL THEN 'has no hold' WHEN h.state = 'released' THEN 'its hold is released'
        ELSE 'its hold has other lines' END) AS breach
      FROM reservation r LEFT JOIN hold h ON h.reservation_id = r.id
      WHERE r.status IN ('awaiting_payment', 'confirmed') AND (h.lines IS NOT r.lines OR h.state = 'released')`),
  ],
};
