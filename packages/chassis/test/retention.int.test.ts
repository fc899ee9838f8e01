import { randomUUID } from 'node:crypto';
import { createIdempotencyStore, CREATE_IDEMPOTENCY_KEY, keyRetention } from '../src/http/idempotency-store';
import { createMetrics, type Metrics } from '../src/metrics';
import { createInbox } from '../src/messaging/inbox';
import { messagingRetentions } from '../src/messaging/retention';
import { eventReader } from '../src/messaging/reading';
import type { Store } from '../src/postgres/store';
import { deleteOld, startRetention, type Retention, type RunningRetention } from '../src/retention';
import { eventually } from '../src/testing/eventually';
import { feeder, messageOf } from '../src/testing/messages';
import { abandoned, logger, openStore, type TestStore } from './support/store';

let store: TestStore;
let end: () => Promise<void>;
beforeAll(async () => {
  [store, end] = await openStore();
  await store.query(CREATE_IDEMPOTENCY_KEY);
});
afterAll(() => end());

const running: RunningRetention[] = [];
beforeEach(() => store.query('TRUNCATE inbox, outbox, outbox_checkpoint, dead_letter, forgotten, idempotency_key'));
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop();
});

const periods = { keepInboxDays: 7, keepOutboxDays: 7, keepDeadLettersDays: 30 };
const retentions = [...messagingRetentions(periods), keyRetention({ keepKeysDays: 1 })];

function start(metrics: Metrics = createMetrics('test'), on: Store = store, what: Retention[] = retentions): Metrics {
  running.push(startRetention({ store: on, retentions: what, everyMs: 20, now: () => new Date(), logger, metrics }));
  return metrics;
}

const deletedRows = async (metrics: Metrics, what: string): Promise<number> => {
  const { values } = await metrics.getSingleMetric('retention_deleted_rows_total')!.get();
  return values.find(({ labels }) => labels.what === what)?.value ?? 0;
};
/** Two whole rounds have passed over what is there now. */
const swept = async (): Promise<void> => {
  for (const round of [1, 2]) {
    const mark = `mark ${round}`;
    await store.query(`INSERT INTO inbox VALUES ($1, now() - interval '100 days')`, [mark]);
    await eventually(async () => expect(await ids()).not.toContain(mark));
  }
};
const ids = async () =>
  (await store.query<{ id: string }>('SELECT event_id AS id FROM inbox ORDER BY event_id')).map(({ id }) => id);
const write = (id: string, age: string) =>
  store.query(`INSERT INTO inbox VALUES ($1, now() - $2::interval)`, [id, age]);

test('ids of applied events go after a week, and up to when is written down', async () => {
  await write('old', '7 days 1 minute');
  await write('young', '6 days 23 hours 59 minutes');
  const [{ at }] = (await store.query<{ at: Date }>(`SELECT applied_at AS at FROM inbox WHERE event_id = 'old'`)) as [
    { at: Date },
  ];
  const metrics = start();
  await eventually(async () => expect(await ids()).toEqual(['young']));
  expect(await store.query(`SELECT what, until FROM forgotten`)).toEqual([{ what: 'inbox', until: at }]);
  await eventually(async () => expect(await deletedRows(metrics, 'inbox')).toBe(1));
});

test('a second send is not applied within the week, though it was swept meanwhile', async () => {
  const subject = randomUUID();
  const applied = jest.fn(() => Promise.resolve());
  const readers = { 'reservation.events': eventReader({ ReservationAbandoned: applied }) } as const;
  const feed = feeder(createInbox({ store, readers, logger }));
  const message = messageOf(abandoned(subject), { subject });
  const aged = (age: string) => store.query(`UPDATE inbox SET applied_at = now() - $1::interval`, [age]);
  start();

  await feed(message);
  await aged('6 days 23 hours');
  await swept();
  await feed(message);
  expect(applied).toHaveBeenCalledTimes(1);

  await aged('7 days 1 hour');
  await swept();
  await feed(message);
  expect(applied).toHaveBeenCalledTimes(2);
});

test('a backlog goes in bounded batches, and two replicas share it', async () => {
  await store.query(`INSERT INTO inbox SELECT 'old ' || n, now() - interval '8 days' FROM generate_series(1, 5000) n`);
  const batches: number[] = [];
  const counting: Store = {
    ...store,
    transact: (work) =>
      store.transact((tx) =>
        work({
          ...tx,
          query: async <Row>(sql: string, params?: unknown[]) => {
            const rows = await tx.query<Row>(sql, params);
            if (sql.startsWith('DELETE FROM inbox')) batches.push(rows.length);
            return rows;
          },
        }),
      ),
  };
  const replicas = [start(createMetrics('one'), counting), start(createMetrics('two'), counting)];
  await eventually(async () => expect(await ids()).toEqual([]));
  await Promise.all(running.map(({ stop }) => stop()));
  const deleted = await Promise.all(replicas.map((metrics) => deletedRows(metrics, 'inbox')));
  expect(deleted[0]! + deleted[1]!).toBe(5_000);
  expect(Math.max(...batches)).toBe(1_000);
});

test('what somebody else has locked is passed over, and nobody waits', async () => {
  await write('locked', '9 days');
  await write('old', '8 days');
  await store.transact(async (tx) => {
    await tx.query(`SELECT 1 FROM inbox WHERE event_id = 'locked' FOR UPDATE`);
    start();
    await eventually(async () => expect(await ids()).toEqual(['locked']));
  });
  await eventually(async () => expect(await ids()).toEqual([]));
});

test('one that fails keeps none of the others from their turn', async () => {
  await write('old', '8 days');
  const broken = { what: 'broken', days: 1, sql: deleteOld('no_such_table', 'at') };
  start(createMetrics('test'), store, [broken, ...retentions]);
  await eventually(async () => expect(await ids()).toEqual([]));
});

describe('the outbox', () => {
  /** `sent` and `asOf` are ages; null is not sent. */
  const event = (version: number, sent: string | null) =>
    store.query<{ seq: number }>(
      `INSERT INTO outbox (event_id, topic, subject, version, segment, headers, body, published_at)
       VALUES (gen_random_uuid(), 'reservation.events', 'a', $1, 0, '{}', '{}', now() - $2::interval) RETURNING seq`,
      [version, sent],
    );
  const checkpoint = (version: number, asOf: string) =>
    store.query(
      `INSERT INTO outbox_checkpoint (seq, as_of) SELECT seq, now() - $2::interval FROM outbox WHERE version = $1`,
      [version, asOf],
    );
  const left = async () =>
    (await store.query<{ version: number }>('SELECT version FROM outbox ORDER BY seq')).map(({ version }) => version);

  test('keeps everything as long as the audit has seen nothing of it in Kafka', async () => {
    await event(1, '30 days');
    start();
    await swept();
    expect(await left()).toEqual([1]);
  });

  test('drops what is old, sent and behind the checkpoint, and nothing else', async () => {
    await event(1, '9 days');
    await event(2, null);
    // Committed late, so with a low number, and sent after the audit had looked.
    await event(3, '7 days 1 hour');
    await event(4, '8 days');
    await event(5, '6 days');
    await event(6, '8 days 1 hour');
    await checkpoint(5, '7 days 12 hours');
    start();
    await swept();
    expect(await left()).toEqual([2, 3, 5, 6]);
  });
});

test('dead letters go a month after they were resolved, never before', async () => {
  const letter = (reason: string, resolved: string | null) =>
    store.query(
      `INSERT INTO dead_letter (topic, partition, position, aggregate, message, reason, queued, created_at, resolved_at)
       VALUES ('t', 0, 0, 'a', '{}', $1, FALSE, now() - interval '1 year', now() - $2::interval)`,
      [reason, resolved],
    );
  await letter('open', null);
  await letter('resolved lately', '29 days');
  await letter('resolved long ago', '31 days');
  start();
  await swept();
  const reasons = await store.query<{ reason: string }>('SELECT reason FROM dead_letter ORDER BY id');
  expect(reasons.map(({ reason }) => reason)).toEqual(['open', 'resolved lately']);
});

test('an Idempotency-Key replays for a day, swept or not', async () => {
  const keys = createIdempotencyStore(store.query);
  const request = { customerId: 'kim', method: 'POST', path: '/api/musicals', fingerprint: 'f', newId: randomUUID() };
  const keep = async (key: string, age: string) => {
    const claim = await keys.claim({ ...request, key });
    if (claim.kind !== 'new') throw new Error(`was ${claim.kind}`);
    await keys.finish(claim.id, 201, { key });
    await store.query(`UPDATE idempotency_key SET created_at = created_at - $2::interval WHERE key = $1`, [key, age]);
  };
  await keep('young', '23 hours 59 minutes');
  await keep('old', '24 hours 1 minute');
  start();
  await swept();
  expect(await store.query('SELECT key FROM idempotency_key')).toEqual([{ key: 'young' }]);
  expect(await keys.claim({ ...request, key: 'young' })).toEqual({
    kind: 'replay',
    status: 201,
    body: { key: 'young' },
  });
  expect(await keys.claim({ ...request, key: 'old' })).toMatchObject({ kind: 'new' });
});
