import { randomUUID } from 'node:crypto';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { DomainEvent } from '@outerpark/contracts/events';
import { migrations } from '../src/persistence/migrations';
import { reconcile } from '../src/reconcile';

// A store that was put back to before everything that its events and reservation's tell.
let store: Database;
let drop: () => Promise<void>;
beforeEach(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  store = await openDatabase({ name: 'musical', url: database.url, poolSize: 2, migrations });
});
afterEach(async () => {
  await store.close();
  await drop();
});

const [musicalId, performanceId, gradeId] = [randomUUID(), randomUUID(), randomUUID()];
const startsAt = new Date(Date.now() + 86_400_000).toISOString();
const line = (seats: number) => ({ gradeId, grade: 'R', seats, price: 10_000 });

const registered: DomainEvent = {
  type: 'MusicalRegistered',
  data: {
    musicalId,
    name: 'Restored',
    performances: [
      {
        ...{ id: performanceId, startsAt, venue: 'Main hall', maxPerCustomer: 4 },
        grades: [{ id: gradeId, name: 'R', price: 10_000, capacity: 10 }],
      },
    ],
  },
};
const changed = (change: number): DomainEvent => ({
  type: 'SeatsChanged',
  data: { musicalId, performanceId, gradeId, change, capacity: 10 + change },
});
const reserved = (reservationId: string, seats: number): DomainEvent => ({
  type: 'SeatsReserved',
  data: {
    ...{ reservationId, customerId: 'alice', musicalId, musical: 'Restored', performanceId, startsAt },
    ...{ venue: 'Main hall', lines: [line(seats)], seats, price: seats * 10_000, paymentDeadline: startsAt },
  },
});
const released = (reservationId: string, seats: number): DomainEvent => ({
  type: 'SeatsReleased',
  data: { reservationId, performanceId, lines: [line(seats)] },
});

/** Each with its aggregate's id and version, in order of offset. */
const mend = (...told: [DomainEvent, subject: string, version: number][]) =>
  store.transact((tx) =>
    reconcile(
      tx,
      told.map(([event, subject, version], offset) => ({
        ...messageOf(event, { subject, version, offset }),
        topic: event.type === 'SeatsReserved' ? 'reservation.events' : 'musical.events',
      })),
    ),
  );
const seats = async () => (await store.query('SELECT capacity, free FROM grade'))[0];

it('holds and releases come back, and what counts against the customer’s limit', async () => {
  const [kept, gone] = [randomUUID(), randomUUID()];
  const { mends, conflicts } = await mend(
    [registered, musicalId, 1],
    [changed(5), musicalId, 2],
    [reserved(kept, 3), kept, 1],
    [reserved(gone, 1), gone, 1],
    [released(gone, 1), gone, 1],
  );
  expect(conflicts).toEqual([]);
  expect(mends).toMatchObject({ 'made holds': [kept], 'released holds': [gone] });
  expect(await seats()).toEqual({ capacity: 15, free: 12 });
  expect(await store.query('SELECT customer_id, seats FROM customer_seats')).toEqual([
    { customer_id: 'alice', seats: 3 },
  ]);
  expect(await store.query('SELECT state FROM hold ORDER BY state')).toEqual([
    { state: 'held' },
    { state: 'released' },
  ]);
});

it('a hold that was released since then frees its seats once', async () => {
  const id = randomUUID();
  await mend([registered, musicalId, 1], [reserved(id, 4), id, 1]);
  expect(await seats()).toEqual({ capacity: 10, free: 6 });
  await mend([reserved(id, 4), id, 1], [released(id, 4), id, 1]);
  expect(await seats()).toEqual({ capacity: 10, free: 10 });
  await mend([reserved(id, 4), id, 1]);
  expect(await seats()).toEqual({ capacity: 10, free: 10 });
});

describe('people have to decide', () => {
  it('when more is reserved than there are seats', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const told = ids.map((id): [DomainEvent, string, number] => [reserved(id, 4), id, 1]);
    const { conflicts } = await mend([registered, musicalId, 1], ...told);
    expect(conflicts).toEqual([`grade ${gradeId}: cannot change by -12 free of 0 seats more`]);
    expect(await seats()).toEqual({ capacity: 10, free: 10 });
  });

  it('when another event has taken the place of one that was told', async () => {
    await mend([registered, musicalId, 1]);
    const { conflicts } = await mend([changed(5), musicalId, 1]);
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]).toMatch(/^SeatsChanged .* the store has another event of that version$/);
  });
});
