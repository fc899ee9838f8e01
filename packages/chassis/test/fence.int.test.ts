import { createMetrics } from '../src/metrics';
import { connectKafka } from '../src/messaging/kafka';
import { startMessaging, type Messaging } from '../src/messaging/messaging';
import { readTail } from '../src/messaging/tail';
import {
  CreateInbox1790000000002,
  CreateOutbox1790000000001,
  CreateRetention1790000000003,
} from '../src/messaging/migrations';
import { openDatabase, type Database } from '../src/postgres/database';
import { StoreFenced } from '../src/postgres/fence';
import { createTestDatabase, takeSnapshot } from '../src/testing/database';
import { eventually } from '../src/testing/eventually';
import { testKafka } from '../src/testing/kafka';
import { abandoned, logger, uuids } from './support/store';

// A store is put back to an earlier time behind a Kafka that went on.
const kafka = testKafka();
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let store: Database;
let messaging: Messaging;

const open = () =>
  openDatabase({
    name: 'test',
    url: database.url,
    poolSize: 4,
    migrations: [CreateOutbox1790000000001, CreateInbox1790000000002, CreateRetention1790000000003],
  });
const start = async (brokers = kafka.brokers) => {
  store = await open();
  messaging = startMessaging({
    service: 'reservation',
    config: {
      kafkaBrokers: brokers,
      topicPrefix: kafka.topicPrefix,
      createTopics: true,
      roles: { http: true, relay: true, consumer: false, worker: false },
    },
    store,
    now: () => new Date(),
    logger,
    metrics: createMetrics('reservation'),
  });
};
const stop = async () => {
  await messaging.flush();
  await store.close();
};
const write = (subject: string) =>
  store.transact((tx) => messaging.outbox.append(tx, subject, 1, [abandoned(subject)], new Date()));
const unpublished = async () =>
  (await store.query<{ n: number }>(`SELECT count(*)::int AS n FROM outbox WHERE published_at IS NULL`))[0]!.n;
const published = () => eventually(async () => expect(await unpublished()).toBe(0));
const inKafka = async () => {
  const broker = connectKafka({ brokers: kafka.brokers, clientId: 'test', topicPrefix: kafka.topicPrefix, logger });
  try {
    return await readTail(broker, 'reservation.events', 1_000);
  } finally {
    await broker.close();
  }
};

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('writes are off from the moment a store is put back until it knows its events; reads go on', async () => {
  const [before, lost, refused, after] = uuids(4) as [string, string, string, string];
  await start();
  await write(before);
  await published();
  await stop();
  const then = await takeSnapshot(database.url);

  await start();
  await write(lost);
  await published();
  const rows = await store.query<{ event_id: string }>(`SELECT * FROM outbox WHERE subject = $1`, [lost]);
  await then.putBack();

  // The first connection to the old store is fenced already: nothing is written, by no way.
  await expect(eventually(() => write(refused), { withinMs: 0 })).rejects.toThrow();
  await eventually(() => expect(store.fence.state()).toBe('closed'));
  await expect(write(refused)).rejects.toThrow(StoreFenced);
  await expect(store.query(`UPDATE outbox SET published_at = NULL`)).rejects.toThrow(StoreFenced);
  expect(await store.query(`SELECT subject FROM outbox`)).toEqual([{ subject: before }]);

  // So it is for a process that starts now.
  await stop();
  await start();
  await expect(write(refused)).rejects.toThrow(StoreFenced);

  const mender = await open();
  await mender.query(
    `INSERT INTO outbox SELECT * FROM jsonb_populate_record(NULL::outbox, $1)`.replace(
      'INTO outbox',
      'INTO outbox OVERRIDING SYSTEM VALUE',
    ),
    [JSON.stringify(rows[0])],
  );
  await mender.close();
  await eventually(() => write(after));
  await published();
  expect((await inKafka()).map(({ key }) => key).sort()).toEqual([before, lost, after].sort());
  await stop();
  await then.drop();
});

test('a restart of the same store opens by itself', async () => {
  await start();
  await write(uuids(1)[0]!);
  expect(store.fence.state()).toBe('open');
  await stop();
});

test('what the outbox has forgotten says nothing against the store', async () => {
  await start();
  await write(uuids(1)[0]!);
  await published();
  await store.query(`DELETE FROM outbox`);
  await store.query(`INSERT INTO forgotten (what, until) VALUES ('outbox', now())`);
  await stop();
  await start();
  await write(uuids(1)[0]!);
  expect(store.fence.state()).toBe('open');
  await stop();
});

test('while Kafka cannot be asked writes go on, and nothing is sent that could be from an older store', async () => {
  await start(['127.0.0.1:1']);
  await write(uuids(1)[0]!);
  expect(store.fence.state()).toBe('unknown');
  expect(store.fence.safe()).toBe(false);
  await stop();
});
