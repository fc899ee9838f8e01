import { randomUUID } from 'node:crypto';
import { ProblemError } from '@outerpark/chassis/errors';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import type { Musical } from '@outerpark/contracts/http/musicals';
import fc from 'fast-check';
import { migrations } from '../src/persistence/migrations';
import { createOffers } from '../src/persistence/offers';
import { createChangeCapacity } from '../src/use-cases/change-capacity';
import { createReleaseSeats, sellSeats } from '../src/use-cases/end-hold';
import { createHoldSeats } from '../src/use-cases/hold-seats';
import { createRegisterMusical } from '../src/use-cases/register-musical';
import { CAPACITY, MAX_PER_CUSTOMER, Model, steps, type Request, type Step } from './any-order';
import { oneNight } from './musical';

// The same stories as in the domain's test of this name, through the use cases on a real PostgreSQL.

let store: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  store = await openDatabase({ url: database.url, name: 'test', poolSize: 4, migrations });
});
afterAll(async () => {
  await store.close();
  await drop();
});

const now = () => new Date();
const outbox = createOutbox({ source: 'outerpark/musical', wake: () => undefined });
const outcome = (work: Promise<unknown>, done: string): Promise<string> =>
  work.then(
    () => done,
    (error: unknown) => {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    },
  );

/** A performance of its own, and what a step is to it. */
async function newNight() {
  const register = createRegisterMusical(store, outbox, now);
  const musical = await register(
    randomUUID(),
    oneNight({ G0: CAPACITY, G1: CAPACITY }, { maxPerCustomer: MAX_PER_CUSTOMER }),
  );
  const performance = musical.performances[0]!;
  const findOffers = createOffers(store);
  // Read once, so that holds that come together are decided in their order.
  await findOffers({ performanceId: performance.id, lines: [] });
  return {
    musical,
    performance,
    ids: Array.from({ length: 8 }, () => randomUUID() as string),
    ...useCases(findOffers),
  };
}

const useCases = (findOffers: ReturnType<typeof createOffers>) => ({
  holdSeats: createHoldSeats(store, findOffers, now),
  releaseSeats: createReleaseSeats(outbox, now),
  changeCapacity: createChangeCapacity(store, outbox, now),
});
type Night = Awaited<ReturnType<typeof newNight>>;

const wanted = ({ performance, ids }: Night, { reservation, customer, seats }: Request) => ({
  reservationId: ids[reservation]!,
  customerId: `c${customer}`,
  wanted: {
    performanceId: performance.id,
    lines: seats.flatMap((count, grade) => (count > 0 ? [{ grade: `G${grade}`, seats: count }] : [])),
  },
});

async function apply(night: Night, step: Step): Promise<string[]> {
  const { musical, performance, ids, holdSeats, releaseSeats, changeCapacity } = night;
  switch (step.type) {
    case 'hold':
      return Promise.all(step.requests.map((request) => outcome(holdSeats(wanted(night, request)), 'held')));
    case 'capacity': {
      const grade = performance.grades[step.grade]!.id;
      return [await outcome(changeCapacity(musical.id, grade, step.capacity), 'changed')];
    }
    case 'sell':
      await store.transact((tx) => sellSeats(tx, ids[step.reservation]!));
      return [];
    case 'release':
      await store.transact((tx) => releaseSeats(tx, ids[step.reservation]!, 'c0'));
      return [];
  }
}

/** What is stored, in the words of the model. */
async function stored({ performance, ids }: Night) {
  const grades = await store.query<Musical['performances'][number]['grades'][number]>(
    'SELECT capacity, free FROM grade WHERE performance_id = $1 ORDER BY place',
    [performance.id],
  );
  const holds = await store.query<{ id: string; state: string }>(
    'SELECT reservation_id AS id, state FROM hold WHERE reservation_id = ANY($1)',
    [ids],
  );
  const customers = await store.query<{ id: string; seats: number }>(
    'SELECT customer_id AS id, seats FROM customer_seats WHERE performance_id = $1',
    [performance.id],
  );
  return {
    grades: grades.map(({ capacity, free }) => ({ capacity, free })),
    holds: Object.fromEntries(holds.map(({ id, state }) => [ids.indexOf(id), state])),
    customers: [0, 1, 2].map((customer) => customers.find(({ id }) => id === `c${customer}`)?.seats ?? 0),
  };
}

const told = (model: Model) => ({
  grades: model.capacity.map((capacity, grade) => ({ capacity, free: model.free(grade) })),
  holds: Object.fromEntries([...model.holds].map(([reservation, { state }]) => [reservation, state])),
  customers: [0, 1, 2].map((customer) => model.ofCustomer(customer)),
});

test('holds, sales, releases and new capacities in any order: what is stored is what has to come of it', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const night = await newNight();
      const model = new Model();
      for (const step of story) expect(await apply(night, step)).toEqual(model.apply(step));
      expect(await stored(night)).toEqual(told(model));
    }),
    { numRuns: 60 },
  );
});
