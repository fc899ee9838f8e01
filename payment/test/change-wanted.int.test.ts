import { randomUUID } from 'node:crypto';
import { runInContext } from '@outerpark/chassis/context';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import type { ReservationEvent } from '../src/domain/wanted';
import { migrations } from '../src/persistence/migrations';
import { createChangeWanted } from '../src/use-cases/change-wanted';
import { reservationEvent } from './given';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let store: Database;
let drop: () => Promise<void>;
let woken = 0;
let statements: string[] = [];
beforeEach(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  store = await openDatabase({ name: 'payment', url: database.url, poolSize: 4, migrations });
  [woken, statements] = [0, []];
});
afterEach(async () => {
  await store.close();
  await drop();
});

const change = createChangeWanted(
  () => new Date(),
  () => woken++,
);

const counted = (tx: Tx): Tx => ({
  ...tx,
  query: (sql, params) => {
    statements.push(sql);
    return tx.query(sql, params);
  },
});

/** All in one transaction, each in its own context. */
const hear = (...events: [ReservationEvent, correlationId: string][]) =>
  store.transact((tx) => {
    const inTx = counted(tx);
    for (const [event, correlationId] of events) {
      runInContext({ correlationId, traceparent }, () => change(inTx, event));
    }
  });

const about = (reservationId: string) => ({ data: { reservationId } });
const stored = () =>
  store.query<{ id: string; ended: string | null; version: number; correlationId: string }>(
    `SELECT reservation_id AS id, ended, reservation_version AS version, correlation_id AS "correlationId"
     FROM payment ORDER BY reservation_id`,
  );

it('many events of a transaction cost two statements, and each payment goes on for the request that changed it last', async () => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()].sort() as [string, string, string];
  await hear([reservationEvent('SeatsReserved', 1, about(second)), 'b1']);
  [woken, statements] = [0, []];

  await hear(
    [reservationEvent('SeatsReserved', 1, about(third)), 'c1'],
    [reservationEvent('SeatsReserved', 1, about(first)), 'a1'],
    [reservationEvent('ReservationExpired', 2, about(third)), 'c2'],
    [reservationEvent('SeatsReserved', 1, about(second)), 'b1-again'],
    [reservationEvent('SeatsReserved', 1, about(third)), 'c1-late'],
  );

  expect(statements).toHaveLength(2);
  expect(woken).toBe(1);
  expect(await stored()).toEqual([
    { id: first, ended: null, version: 1, correlationId: 'a1' },
    { id: second, ended: null, version: 1, correlationId: 'b1' },
    { id: third, ended: 'expired', version: 2, correlationId: 'c2' },
  ]);
});

it('events that say nothing new change nothing and wake nobody', async () => {
  const id = randomUUID();
  await hear([reservationEvent('ReservationCancelled', 2, about(id)), 'first']);
  woken = 0;
  await hear(
    [reservationEvent('SeatsReserved', 1, about(id)), 'late'],
    [reservationEvent('ReservationAbandoned', 1, about(randomUUID())), 'of nobody'],
  );
  expect(woken).toBe(0);
  expect(await stored()).toMatchObject([{ id, ended: 'cancelled', correlationId: 'first' }]);
});

it('transactions over the same payments in another order wait for each other, and never for ever', async () => {
  const ids = Array.from({ length: 20 }, () => randomUUID());
  const events = ids.map((id): [ReservationEvent, string] => [reservationEvent('SeatsReserved', 1, about(id)), id]);
  const ends = ids.map((id): [ReservationEvent, string] => [
    reservationEvent('ReservationCancelled', 2, about(id)),
    id,
  ]);
  await Promise.all([hear(...events), hear(...ends.toReversed()), hear(...events.toReversed()), hear(...ends)]);
  expect(await stored()).toHaveLength(20);
});
