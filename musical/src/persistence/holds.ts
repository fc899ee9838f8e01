import { atCommit } from '@outerpark/chassis/postgres/at-commit';
import { DecidedElsewhere, type Tx } from '@outerpark/chassis/postgres/store';
import { deleteOld, type Retention } from '@outerpark/chassis/retention';
import type { SeatHold, Stock, WantedHold } from '../domain/hold';
import { seatsOf, type Offer } from '../domain/offer';
import type { Gate } from '../domain/waiting-room';
import { positionsOf } from './waiting-passes';

const COLUMNS = `reservation_id AS "reservationId", performance_id AS "performanceId", customer_id AS "customerId", lines, state`;

/** What the holds of these requests are decided by. It locks nothing: the guarded writes of `storeHolds` have the last word. */
export async function readStock(tx: Tx, offer: Offer, requests: WantedHold[]): Promise<Stock> {
  const holds = await tx.query<SeatHold>(`SELECT ${COLUMNS} FROM hold WHERE reservation_id = ANY($1)`, [
    requests.map(({ reservationId }) => reservationId),
  ]);
  const free = await tx.query<{ id: string; free: number } & (Gate | { mode: null })>(
    `SELECT g.id, g.free, r.mode, r.open, r.start, r.admitted, r.joined, r.rate
     FROM grade g LEFT JOIN waiting_room r USING (performance_id) WHERE g.performance_id = $1`,
    [offer.performanceId],
  );
  const gate = free[0]?.mode ? free[0] : undefined;
  const counted =
    offer.maxPerCustomer === null
      ? []
      : await tx.query<{ id: string; seats: number }>(
          `SELECT customer_id AS id, seats FROM customer_seats WHERE performance_id = $1 AND customer_id = ANY($2)`,
          [offer.performanceId, requests.map(({ customerId }) => customerId)],
        );
  return {
    holds,
    free: new Map(free.map((grade) => [grade.id, grade.free])),
    counted: new Map(counted.map(({ id, seats }) => [id, seats])),
    queue: gate && {
      room: gate,
      positions: gate.open ? await positions(tx, offer, requests) : new Map<string, number>(),
    },
  };
}

const positions = (tx: Tx, { performanceId }: Offer, requests: WantedHold[]): Promise<Map<string, number>> =>
  positionsOf(
    tx,
    performanceId,
    requests.map(({ customerId }) => customerId),
  );

/**
 * Takes the seats of new holds of one performance by guarded writes. Where the stock is no longer what was read, another replica
 * has decided in between: throws DecidedElsewhere, which runs the transaction again. Every transaction locks grades in the order
 * of their ids and then customers, so that none waits for another in a circle.
 */
export async function storeHolds(tx: Tx, offer: Offer, holds: SeatHold[], now: Date): Promise<void> {
  if (holds.length === 0) return;
  const { performanceId, maxPerCustomer } = offer;
  for (const [gradeId, seats] of byGrade(holds)) {
    const taken = await tx.query(`UPDATE grade SET free = free - $2 WHERE id = $1 AND free >= $2 RETURNING id`, [
      gradeId,
      seats,
    ]);
    if (taken.length === 0) throw new DecidedElsewhere();
  }
  if (maxPerCustomer !== null) {
    const customers = byCustomer(holds);
    const counted = await tx.query(
      `INSERT INTO customer_seats AS c (performance_id, customer_id, seats)
       SELECT $1::uuid, customer, seats FROM unnest($2::text[], $3::int[]) AS w (customer, seats) ORDER BY customer
       ON CONFLICT (performance_id, customer_id) DO UPDATE SET seats = c.seats + excluded.seats
       WHERE c.seats + excluded.seats <= $4::int RETURNING 1`,
      [performanceId, customers.map(([id]) => id), customers.map(([, seats]) => seats), maxPerCustomer],
    );
    if (counted.length < customers.length) throw new DecidedElsewhere();
  }
  const inserted = await tx.query(
    `INSERT INTO hold (reservation_id, performance_id, customer_id, lines, state, created_at)
     SELECT id, $2::uuid, customer, lines, 'held', $5::timestamptz
     FROM unnest($1::uuid[], $3::text[], $4::jsonb[]) AS w (id, customer, lines)
     ON CONFLICT (reservation_id) DO NOTHING RETURNING 1`,
    [
      holds.map((hold) => hold.reservationId),
      performanceId,
      holds.map((hold) => hold.customerId),
      holds.map((hold) => JSON.stringify(hold.lines)),
      now,
    ],
  );
  if (inserted.length < holds.length) throw new DecidedElsewhere();
}

/** held -> sold; a hold that has ended stays ended. */
export const sellHold = atCommit<string>(async (tx, wanted) => {
  const ids = wanted.map(({ item: reservationId }) => reservationId);
  await tx.query(
    `UPDATE hold SET state = 'sold' WHERE state = 'held' AND reservation_id IN (
       SELECT reservation_id FROM hold WHERE reservation_id = ANY($1) ORDER BY reservation_id FOR UPDATE)`,
    [ids],
  );
});

/**
 * Ends a hold, once, and gives its seats back; undefined when it was ended before. Without a hold this makes the tombstone, and
 * a hold that is just being made is waited for: either way one of the two sees the other.
 */
export async function releaseHold(
  tx: Tx,
  reservationId: string,
  customerId: string,
  now: Date,
): Promise<SeatHold | undefined> {
  const [released] = await tx.query<SeatHold>(
    `INSERT INTO hold (reservation_id, customer_id, lines, state, created_at, ended_at)
     VALUES ($1, $2, '[]', 'released', $3, $3)
     ON CONFLICT (reservation_id) DO UPDATE SET state = 'released', ended_at = $3 WHERE hold.state <> 'released'
     RETURNING ${COLUMNS}`,
    [reservationId, customerId, now],
  );
  if (released?.performanceId) returnSeats(tx, released);
  return released;
}

const returned = new WeakMap<Tx, SeatHold[]>();

/** Seats that come back in one transaction (many reservations may expire in the same second) go back as one sum a grade. */
function returnSeats(tx: Tx, hold: SeatHold): void {
  const holds = returned.get(tx) ?? [];
  holds.push(hold);
  if (returned.has(tx)) return;
  returned.set(tx, holds);
  tx.beforeCommit(async () => {
    for (const [gradeId, seats] of byGrade(holds)) {
      await tx.query(`UPDATE grade SET free = free + $2 WHERE id = $1`, [gradeId, seats]);
    }
    await tx.query(
      `UPDATE customer_seats c SET seats = c.seats - w.seats
       FROM (
         SELECT k.performance_id, k.customer_id, r.seats
         FROM (
           SELECT performance_id, customer_id, sum(seats)::int AS seats
           FROM unnest($1::uuid[], $2::text[], $3::int[]) AS r (performance_id, customer_id, seats) GROUP BY 1, 2
         ) r JOIN customer_seats k USING (performance_id, customer_id)
         ORDER BY k.performance_id, k.customer_id FOR UPDATE OF k
       ) w WHERE c.performance_id = w.performance_id AND c.customer_id = w.customer_id`,
      [
        holds.map((hold) => hold.performanceId),
        holds.map((hold) => hold.customerId),
        holds.map((hold) => seatsOf(hold.lines)),
      ],
    );
  });
}

const byGrade = (holds: SeatHold[]): [string, number][] =>
  summed(holds.flatMap(({ lines }) => lines.map(({ gradeId, seats }): [string, number] => [gradeId, seats])));

const byCustomer = (holds: SeatHold[]): [string, number][] =>
  summed(holds.map(({ customerId, lines }) => [customerId, seatsOf(lines)]));

/** The sum for each id, in the order of the ids. */
function summed(entries: [string, number][]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [id, seats] of entries) sums.set(id, (sums.get(id) ?? 0) + seats);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * How late can a hold come? It is asked for by a call of seconds, with the customer's token, which is verified when it comes in:
 * past the token's life (hours) it is refused. What was let in before that can only stand in a frozen process, which its probe
 * ends within minutes. So a tombstone is of use for a day at most. A released hold is no tombstone: it is the customer's history.
 */
export const tombstoneRetention = ({ keepTombstonesDays }: { keepTombstonesDays: number }): Retention => ({
  what: 'tombstone',
  days: keepTombstonesDays,
  sql: deleteOld('hold', 'created_at', 'performance_id IS NULL'),
});
