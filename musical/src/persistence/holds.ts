import type { PricedLine } from '@outerpark/contracts/values';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { seatsOf } from '../domain/offer';

export interface HoldRow {
  reservationId: string;
  performanceId: string | null;
  customerId: string;
  lines: PricedLine[];
  state: 'held' | 'sold' | 'released';
}

const COLUMNS = `reservation_id AS "reservationId", performance_id AS "performanceId", customer_id AS "customerId", lines, state`;

export const findHolds = (tx: Tx, reservationIds: string[]): Promise<HoldRow[]> =>
  tx.query<HoldRow>(`SELECT ${COLUMNS} FROM hold WHERE reservation_id = ANY($1)`, [reservationIds]);

/** The guarded write that decides: takes the seats of every line, or of none. Grades are locked in the order of their ids. */
export async function takeSeats(tx: Tx, lines: { gradeId: string; seats: number }[]): Promise<boolean> {
  const ordered = [...lines].sort((a, b) => (a.gradeId < b.gradeId ? -1 : 1));
  if (ordered.length > 1) await tx.query('SAVEPOINT all_or_nothing');
  for (const { gradeId, seats } of ordered) {
    const taken = await tx.query(`UPDATE grade SET free = free - $2 WHERE id = $1 AND free >= $2 RETURNING id`, [
      gradeId,
      seats,
    ]);
    if (taken.length === 0) {
      if (ordered.length > 1) await tx.query('ROLLBACK TO SAVEPOINT all_or_nothing');
      return false;
    }
  }
  return true;
}

/** Counts seats against the customer's limit for this performance; false when they would exceed it. */
export async function countForCustomer(
  tx: Tx,
  performanceId: string,
  customerId: string,
  seats: number,
  atMost: number,
): Promise<boolean> {
  const counted = await tx.query(
    `INSERT INTO customer_seats AS c (performance_id, customer_id, seats) SELECT $1, $2, $3 WHERE $3 <= $4
     ON CONFLICT (performance_id, customer_id) DO UPDATE SET seats = c.seats + $3 WHERE c.seats + $3 <= $4 RETURNING seats`,
    [performanceId, customerId, seats, atMost],
  );
  return counted.length > 0;
}

async function returnSeats(tx: Tx, performanceId: string, customerId: string, lines: PricedLine[]): Promise<void> {
  for (const { gradeId, seats } of [...lines].sort((a, b) => (a.gradeId < b.gradeId ? -1 : 1))) {
    await tx.query(`UPDATE grade SET free = free + $2 WHERE id = $1`, [gradeId, seats]);
  }
  await tx.query(`UPDATE customer_seats SET seats = seats - $3 WHERE performance_id = $1 AND customer_id = $2`, [
    performanceId,
    customerId,
    seatsOf(lines),
  ]);
}

/** Fails when one of them exists: then another replica decided the same reservation in between. */
export async function insertHolds(tx: Tx, holds: HoldRow[], now: Date): Promise<void> {
  if (holds.length === 0) return;
  await tx.query(
    `INSERT INTO hold (reservation_id, performance_id, customer_id, lines, state, created_at)
     SELECT *, 'held', $5::timestamptz FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[])`,
    [
      holds.map((hold) => hold.reservationId),
      holds.map((hold) => hold.performanceId),
      holds.map((hold) => hold.customerId),
      holds.map((hold) => JSON.stringify(hold.lines)),
      now,
    ],
  );
}

export const freeByGrade = async (tx: Tx, gradeIds: string[]): Promise<Map<string, number>> => {
  const rows = await tx.query<{ id: string; free: number }>(`SELECT id, free FROM grade WHERE id = ANY($1)`, [
    gradeIds,
  ]);
  return new Map(rows.map(({ id, free }) => [id, free]));
};

/** held -> sold; a hold that has ended stays ended. */
export async function sellHold(tx: Tx, reservationId: string): Promise<void> {
  await tx.query(`UPDATE hold SET state = 'sold' WHERE reservation_id = $1 AND state = 'held'`, [reservationId]);
}

/** Ends a hold and gives its seats back, once; undefined when there was nothing to give back. Without a hold it leaves the tombstone. */
export async function releaseHold(
  tx: Tx,
  reservationId: string,
  customerId: string,
  now: Date,
): Promise<HoldRow | undefined> {
  // Either this insert makes the tombstone, or it has waited for the hold that is being made and sees it below.
  await tx.query(
    `INSERT INTO hold (reservation_id, customer_id, lines, state, created_at, ended_at)
     VALUES ($1, $2, '[]', 'released', $3, $3) ON CONFLICT (reservation_id) DO NOTHING`,
    [reservationId, customerId, now],
  );
  const [released] = await tx.query<HoldRow>(
    `UPDATE hold SET state = 'released', ended_at = $2 WHERE reservation_id = $1 AND state <> 'released' RETURNING ${COLUMNS}`,
    [reservationId, now],
  );
  if (released?.performanceId) await returnSeats(tx, released.performanceId, released.customerId, released.lines);
  return released;
}
