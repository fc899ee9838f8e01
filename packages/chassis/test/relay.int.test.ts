import { randomUUID } from 'node:crypto';
import { createOutbox } from '../src/messaging/outbox';
import { startRelay, type Relay } from '../src/messaging/relay';
import { eventually } from '../src/testing/eventually';
import { createFakeBroker, firstSeen, gate, type FakeBroker } from './support/fake-broker';
import { logger, openStore, uuids, writeEvents, type TestStore } from './support/store';

let store: TestStore;
let end: () => Promise<void>;
beforeAll(async () => {
  [store, end] = await openStore([], 20);
});
afterAll(() => end());

let broker: FakeBroker;
let relays: Relay[];
beforeEach(() => {
  broker = createFakeBroker();
  relays = [];
});
afterEach(async () => {
  broker.before = () => Promise.resolve();
  await Promise.all(relays.map((relay) => relay.stop()));
  await store.query('TRUNCATE outbox, relay_member');
  await store.query(`UPDATE relay_lease SET owner = NULL, until = '-infinity'`);
});

const start = (through = broker): Relay => {
  const relay = startRelay({ store, broker: through, logger });
  relays.push(relay);
  return relay;
};
/** As if the owners had died and their time were over. */
const endLeases = async () => {
  await store.query(`UPDATE relay_lease SET until = now() - interval '1 second'`);
  await store.query(`UPDATE relay_member SET until = now() - interval '1 second'`);
};
const unpublished = async () => {
  const [row] = await store.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM outbox WHERE published_at IS NULL',
  );
  return row!.count;
};
const allPublished = () => eventually(async () => expect(await unpublished()).toBe(0));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const owners = async () =>
  store.query<{ owner: string | null; count: number }>(
    'SELECT owner, count(*)::int AS count FROM relay_lease GROUP BY owner ORDER BY count',
  );

test('sends each row once, those of an aggregate in their order', async () => {
  const aggregates = uuids(20);
  await Promise.all(aggregates.map((id) => writeEvents(store, id, upTo(5))));
  start();
  await allPublished();
  expect(broker.sent).toHaveLength(100);
  expect(firstSeen(broker.sent)).toEqual(new Map(aggregates.map((id) => [id, upTo(5)])));
  expect(broker.sent[0]).toEqual({
    topic: 'reservation.events',
    key: broker.sent[0]!.key,
    headers: expect.objectContaining({ ce_type: 'ReservationAbandoned', ce_subject: broker.sent[0]!.key }) as object,
    value: expect.stringContaining('"schemaVersion":1') as string,
  });
});

test('a row that becomes visible after later ones is sent all the same', async () => {
  const [early, late] = uuids(2);
  const held = gate();
  const waiting = store.transact(async (tx) => {
    await tx.query(`INSERT INTO outbox (event_id, topic, subject, version, segment, headers, body)
      VALUES ('${randomUUID()}', 'reservation.events', '${early}', 1, 0, '{}', '{"version":1}')`);
    await held.wait();
  });
  await held.arrived;
  await writeEvents(store, late!, [1]);
  start();
  await eventually(() => expect(broker.sent.map(({ key }) => key)).toEqual([late]));
  held.open();
  await waiting;
  await eventually(() => expect(broker.sent.map(({ key }) => key)).toEqual([late, early]));
});

test('tries for ever while the broker is down, and loses nothing', async () => {
  const aggregate = randomUUID();
  broker.before = () => Promise.reject(new Error('down'));
  const { wake } = start();
  await writeEvents(store, aggregate, upTo(3), () => void wake());
  await eventually(() => expect(broker.calls).toBeGreaterThan(3));
  expect(await unpublished()).toBe(3);
  broker.before = () => Promise.resolve();
  await allPublished();
  expect(firstSeen(broker.sent)).toEqual(new Map([[aggregate, upTo(3)]]));
});

test('a send whose answer is lost is repeated, in order', async () => {
  const aggregate = randomUUID();
  await writeEvents(store, aggregate, upTo(3));
  const { publish } = broker;
  let lost = 0;
  broker.publish = async (messages) => {
    await publish(messages);
    if (lost++ < 2) throw new Error('no answer');
  };
  start();
  await allPublished();
  expect(broker.sent).toHaveLength(9);
  expect(firstSeen(broker.sent)).toEqual(new Map([[aggregate, upTo(3)]]));
});

test('a wake sends at once, whenever the next poll may be', async () => {
  const relay = startRelay({ store, broker, logger, pollMs: 3_600_000 });
  relays.push(relay);
  await eventually(async () => expect(await owners()).toMatchObject([{ count: 16 }]));
  for (const [index, id] of uuids(5).entries()) {
    await writeEvents(store, id, [1], () => void relay.wake());
    await eventually(() => expect(broker.sent).toHaveLength(index + 1));
  }
});

test('two relays share the segments, and no aggregate loses its order', async () => {
  const [one, two] = [createFakeBroker(), createFakeBroker()];
  const log: typeof one.sent = [];
  for (const each of [one, two]) {
    each.publish = (messages) => {
      each.calls++;
      log.push(...messages);
      return Promise.resolve();
    };
  }
  start(one);
  await eventually(async () => expect(await owners()).toMatchObject([{ count: 16 }]));
  start(two);

  const aggregates = uuids(64);
  const writing = aggregates.map((id) => writeEvents(store, id, upTo(10)));
  await eventually(async () => expect(await owners()).toMatchObject([{ count: 8 }, { count: 8 }]));
  await Promise.all(writing);
  await Promise.all(aggregates.map((id) => writeEvents(store, id, [11])));
  await allPublished();

  const seen = firstSeen(log);
  expect(seen.size).toBe(64);
  for (const versions of seen.values()) expect(versions).toEqual(upTo(11));
  expect(one.calls).toBeGreaterThan(0);
  expect(two.calls).toBeGreaterThan(0);
});

test('a stopped relay sends what is there and gives its segments back at once', async () => {
  const first = start();
  await eventually(async () => expect(await owners()).toMatchObject([{ count: 16 }]));
  await writeEvents(store, randomUUID(), [1]);
  await first.stop();
  expect(await unpublished()).toBe(0);
  expect(await owners()).toEqual([{ owner: null, count: 16 }]);
});

test('a stop while the broker is down ends, and leaves the rows to the next start', async () => {
  broker.before = () => Promise.reject(new Error('down'));
  const first = start();
  await writeEvents(store, randomUUID(), [1]);
  await first.stop();
  expect(await unpublished()).toBe(1);
  broker.before = () => Promise.resolve();
  start();
  await allPublished();
});

test('the segments of a relay that died are taken over', async () => {
  await store.query(`UPDATE relay_lease SET owner = $1, until = now() + interval '10 seconds'`, [randomUUID()]);
  await store.query(`INSERT INTO relay_member VALUES ($1, now() + interval '10 seconds')`, [randomUUID()]);
  await writeEvents(store, randomUUID(), [1]);
  start();
  await eventually(async () => expect(await store.query('SELECT FROM relay_member')).toHaveLength(2));
  expect(broker.calls).toBe(0);
  await endLeases();
  await allPublished();
  expect(await owners()).toMatchObject([{ count: 16 }]);
});

test('what a frozen relay sends when it thaws only duplicates', async () => {
  const aggregate = randomUUID();
  await writeEvents(store, aggregate, upTo(3));
  const frozen = createFakeBroker();
  frozen.sent = broker.sent;
  const ice = gate();
  frozen.before = ice.wait;
  start(frozen);
  await ice.arrived;

  // Its leases run out while it holds versions 1 to 3; another relay sends them and what came meanwhile.
  await endLeases();
  await writeEvents(store, aggregate, [4]);
  start();
  await allPublished();
  expect(broker.sent).toHaveLength(4);

  ice.open();
  await eventually(() => expect(broker.sent.length).toBeGreaterThanOrEqual(7));
  await writeEvents(store, aggregate, [5]);
  await allPublished();
  expect(firstSeen(broker.sent)).toEqual(new Map([[aggregate, upTo(5)]]));
});

test("after a frozen relay's second send a customer's newest contact is still the last one", async () => {
  const outbox = createOutbox({ source: 'outerpark/test', wake: () => undefined });
  const contact = (email: string | null) =>
    store.transact((tx) =>
      outbox.appendContact(tx, 'lee', email === null ? null : { email, locale: 'ko' }, new Date()),
    );
  await contact('old@example.com');
  const frozen = createFakeBroker();
  frozen.sent = broker.sent;
  const ice = gate();
  frozen.before = ice.wait;
  start(frozen);
  await ice.arrived;

  await endLeases();
  await contact('new@example.com');
  await contact(null);
  start();
  await allPublished();
  expect(broker.sent.at(-1)!.value).toBeNull();

  ice.open();
  await eventually(() => expect(broker.sent).toHaveLength(5));
  await allPublished();
  expect(broker.sent.slice(3).map(({ value }) => value)).toEqual([expect.stringContaining('old@'), null]);
});

test('goes on when the database has been away', async () => {
  start();
  await eventually(async () => expect(await owners()).toMatchObject([{ count: 16 }]));
  await store.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await eventually(() => writeEvents(store, randomUUID(), [1]));
  await allPublished();
});
