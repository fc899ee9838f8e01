import { adoptEvents, eventsOf, type Mended, type TopicMessage } from '@outerpark/chassis/messaging/adopt';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { EventData, RecordedEvent } from '@outerpark/contracts/events';
import type { PricedLine } from '@outerpark/contracts/values';
import { seatsOf } from './domain/offer';
import { insertMusical } from './persistence/musicals';

/**
 * Brings a store that was put back to where the events are: its own events and what they say, and a hold for each reservation that
 * has none. `messages` are those since about the time to which it was put back, in order of offset. Holds that have ended meanwhile and
 * are not told yet end when reservation's events are consumed again.
 */
export async function reconcile(tx: Tx, messages: TopicMessage[]): Promise<Mended> {
  const { adopted, conflicts } = await adoptEvents(
    tx,
    messages.filter(({ topic }) => topic === 'musical.events'),
  );
  const own = eventsOf(adopted);
  const ofType = <T extends RecordedEvent['type']>(type: T) =>
    own.filter((event) => event.type === type) as RecordedEvent<T>[];
  for (const event of ofType('MusicalRegistered')) await register(tx, event);

  const grades = new Map<string, { capacity: number; free: number }>();
  const change = (gradeId: string, capacity: number, free: number) => {
    const before = grades.get(gradeId) ?? { capacity: 0, free: 0 };
    grades.set(gradeId, { capacity: before.capacity + capacity, free: before.free + free });
  };
  for (const { data, version } of ofType('SeatsChanged')) {
    change(data.gradeId, data.change, data.change);
    await tx.query(`UPDATE musical SET version = $2 WHERE id = $1 AND version < $2`, [data.musicalId, version]);
  }

  const reserved = new Map(
    eventsOf(messages.filter(({ topic }) => topic === 'reservation.events'))
      .filter((event) => event.type === 'SeatsReserved')
      .map((event) => [event.data.reservationId, event as RecordedEvent<'SeatsReserved'>]),
  );
  const released = ofType('SeatsReleased').map(({ data }) => data.reservationId);
  const freed = await release(tx, ofType('SeatsReleased'), reserved);
  for (const { gradeId, seats } of freed.flatMap(({ lines }) => lines)) change(gradeId, 0, seats);

  const held: string[] = [];
  for (const { data, time } of reserved.values()) {
    if (!(await makeHold(tx, data, time))) continue;
    held.push(data.reservationId);
    for (const { gradeId, seats } of data.lines) change(gradeId, 0, -seats);
  }
  // All at once: seats that were freed may be held again, in an order that nobody needs to know.
  for (const [gradeId, { capacity, free }] of [...grades].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const changed = await tx.query(
      `UPDATE grade SET capacity = capacity + $2, free = free + $3
       WHERE id = $1 AND free + $3 BETWEEN 0 AND capacity + $2 RETURNING id`,
      [gradeId, capacity, free],
    );
    if (changed.length === 0)
      conflicts.push(`grade ${gradeId}: cannot change by ${free} free of ${capacity} seats more`);
  }
  return {
    mends: {
      events: own.map(({ type, subject }) => `${type} of ${subject}`),
      'released holds': released,
      'made holds': held,
    },
    conflicts,
  };
}

async function register(tx: Tx, { data, time }: RecordedEvent<'MusicalRegistered'>): Promise<void> {
  const performances = data.performances.map((performance) => ({
    ...performance,
    maxPerCustomer: performance.maxPerCustomer ?? null,
    grades: performance.grades.map((grade) => ({ ...grade, free: grade.capacity })),
  }));
  await insertMusical(tx, { id: data.musicalId, name: data.name, performances }, new Date(time));
}

/** Ends what has ended; gives the holds whose seats were still taken. One that was made and ended since is a row only. */
async function release(
  tx: Tx,
  events: RecordedEvent<'SeatsReleased'>[],
  reserved: Map<string, RecordedEvent<'SeatsReserved'>>,
): Promise<{ lines: PricedLine[] }[]> {
  const freed: { lines: PricedLine[] }[] = [];
  for (const { data, time } of events) {
    const { reservationId, performanceId, lines } = data;
    const [hold] = await tx.query<{ customerId: string }>(
      `UPDATE hold SET state = 'released', ended_at = $2 WHERE reservation_id = $1 AND state <> 'released'
       RETURNING customer_id AS "customerId"`,
      [reservationId, time],
    );
    if (hold) {
      freed.push({ lines });
      await count(tx, performanceId, hold.customerId, -seatsOf(lines));
      continue;
    }
    await tx.query(
      `INSERT INTO hold (reservation_id, performance_id, customer_id, lines, state, created_at, ended_at)
       VALUES ($1, $2, $3, $4, 'released', $5, $5) ON CONFLICT (reservation_id) DO NOTHING`,
      [reservationId, performanceId, reserved.get(reservationId)?.data.customerId ?? '', JSON.stringify(lines), time],
    );
  }
  return freed;
}

async function makeHold(tx: Tx, reserved: EventData<'SeatsReserved'>, time: string): Promise<boolean> {
  const { reservationId, performanceId, customerId, lines } = reserved;
  const made = await tx.query(
    `INSERT INTO hold (reservation_id, performance_id, customer_id, lines, state, created_at)
     VALUES ($1, $2, $3, $4, 'held', $5) ON CONFLICT (reservation_id) DO NOTHING RETURNING 1`,
    [reservationId, performanceId, customerId, JSON.stringify(lines), time],
  );
  if (made.length > 0) await count(tx, performanceId, customerId, seatsOf(lines));
  return made.length > 0;
}

/** What counts against a performance's limit for one customer. */
const count = (tx: Tx, performanceId: string, customerId: string, seats: number) =>
  tx.query(
    `INSERT INTO customer_seats AS c (performance_id, customer_id, seats)
     SELECT id, $2, greatest($3, 0) FROM performance WHERE id = $1 AND max_per_customer IS NOT NULL
     ON CONFLICT (performance_id, customer_id) DO UPDATE SET seats = greatest(c.seats + $3, 0)`,
    [performanceId, customerId, seats],
  );
