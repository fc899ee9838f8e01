import { CONTACTS_TOPIC, eventTopics, PARTITIONS, type Topic } from '@outerpark/contracts/topics';
import type { Broker } from '../src/messaging/broker';
import { createInbox } from '../src/messaging/inbox';
import { measureMessaging } from '../src/messaging/metrics';
import { caughtUpTo, markEnds } from '../src/messaging/progress';
import { createMetrics } from '../src/metrics';
import { messageOf } from '../src/testing/messages';
import { createFakeBroker } from './support/fake-broker';
import { abandoned, logger, openStore, uuids, writeEvents, type TestStore } from './support/store';

const TOPIC = 'reservation.events';
let store: TestStore;
let end: () => Promise<void>;
beforeEach(async () => {
  [store, end] = await openStore();
});
afterEach(() => end());

const inboxOf = () => createInbox({ store, readers: {}, logger });
const assignAll = async (topics: Topic[] = [TOPIC]) => {
  const inbox = inboxOf();
  for (const topic of topics)
    for (let partition = 0; partition < PARTITIONS; partition++) await inbox.position(topic, partition);
};
const noon = new Date('2026-01-05T12:00:00.000Z');
const after = (seconds: number) => new Date(noon.getTime() + seconds * 1_000);
/** A broker whose partitions end at 0, but for those said. */
const brokerWith = (ends: Record<number, number> = {}): Broker => ({
  ...createFakeBroker(),
  ends: () => Promise.resolve(Array.from({ length: PARTITIONS }, (_, partition) => ends[partition] ?? 0)),
});
const mark = (at: Date, ends: Record<number, number> = {}, topic: Topic = TOPIC) =>
  markEnds(store, brokerWith(ends), topic, () => at);
const apply = (partition: number, offset: number, time: Date) => {
  const [subject] = uuids(1) as [string];
  const message = messageOf(abandoned(subject), { subject, offset, time });
  return inboxOf().apply({ topic: TOPIC, partition, messages: [message] });
};
const caughtUp = (topics: Topic[] = [TOPIC]) => caughtUpTo(store, topics, PARTITIONS);

test('nothing is known before every partition was assigned and seen at its end', async () => {
  expect(await caughtUp()).toBeUndefined();
  await mark(noon);
  expect(await caughtUp()).toBeUndefined();
  await assignAll();
  expect(await caughtUp()).toBeUndefined();
  await mark(noon, { 5: 1 });
  expect(await caughtUp()).toBeUndefined();
  await mark(noon);
  expect(await caughtUp()).toEqual(noon);
});

test('an idle service is caught up to the last look', async () => {
  await assignAll();
  await mark(noon);
  await mark(after(60));
  expect(await caughtUp()).toEqual(after(60));
  // A replica with a late answer takes nothing back.
  const times = [after(30), after(61)];
  await markEnds(store, brokerWith(), TOPIC, () => times.shift()!);
  expect(await caughtUp()).toEqual(after(60));
});

test('a mark of a clock that was ahead gives way: it would say what nobody knows', async () => {
  await assignAll();
  await mark(after(300));
  await mark(noon);
  expect(await caughtUp()).toEqual(noon);
  await mark(after(60), { 5: 1 });
  expect(await caughtUp()).toEqual(noon);
});

test('a partition with a backlog holds it back to the time of the last event that was applied', async () => {
  await assignAll();
  await mark(noon);
  await apply(5, 0, after(-10));
  await mark(after(60), { 5: 3 });
  expect(await caughtUp()).toEqual(noon);
  await apply(5, 1, after(20));
  await mark(after(120), { 5: 3 });
  expect(await caughtUp()).toEqual(after(20));
  await apply(5, 2, after(30));
  await mark(after(180), { 5: 3 });
  expect(await caughtUp()).toEqual(after(180));
});

test('all topics count', async () => {
  const topics: Topic[] = [...eventTopics, CONTACTS_TOPIC];
  await assignAll(topics);
  for (const topic of topics) await mark(after(60), {}, topic);
  expect(await caughtUp(topics)).toEqual(after(60));
  await mark(after(120));
  expect(await caughtUp(topics)).toEqual(after(60));
  expect(await caughtUp()).toEqual(after(120));
});

test('replicas that mark at the same moment do the work once', async () => {
  await assignAll();
  await Promise.all(Array.from({ length: 20 }, (_, index) => mark(after(index / 100))));
  const [row] = await store.query<{ versions: number }>(
    'SELECT count(DISTINCT at_end_at)::int AS versions FROM consumer_offset',
  );
  expect(row!.versions).toBe(1);
});

test('a broker that is away says nothing, and nothing is marked', async () => {
  await assignAll();
  const away = { ...createFakeBroker(), ends: () => Promise.reject(new Error('away')) };
  await expect(markEnds(store, away, TOPIC, () => noon)).rejects.toThrow('away');
  expect(await caughtUp()).toBeUndefined();
});

test('the gauges tell how far behind the service is', async () => {
  const metrics = createMetrics('test');
  const health = { joined: true, assigned: ['reservation.events/5'], paused: ['reservation.events/5'] };
  const ends = new Map<Topic, number[]>([[TOPIC, Array.from({ length: PARTITIONS }, (_, partition) => partition)]]);
  measureMessaging(metrics, store, { health: () => health, ends: () => ends, stop: () => Promise.resolve() });
  const read = async (name: string) =>
    Number(/ (\S+)$/m.exec((await metrics.getSingleMetricAsString(name)).split('\n').slice(2).join('\n'))![1]);

  expect(await read('outbox_oldest_unpublished_seconds')).toBe(0);
  expect(await read('consumer_joined')).toBe(1);
  expect(await read('consumer_partitions_paused')).toBe(1);
  expect(await read('dead_letters_open')).toBe(0);

  await writeEvents(store, uuids(1)[0]!, [1]);
  await store.query(`UPDATE outbox SET created_at = now() - interval '1 hour'`);
  expect(await read('outbox_oldest_unpublished_seconds')).toBeGreaterThanOrEqual(3_600);
  await assignAll();
  await mark(new Date(Date.now() - 60_000));
  expect(await read('consumer_caught_up_seconds')).toBeGreaterThanOrEqual(60);
  expect(await read('consumer_behind_seconds')).toBeGreaterThanOrEqual(60);
  expect(await read('consumer_lag')).toBe(66);
  await store.query('UPDATE consumer_offset SET next_offset = partition - 1 WHERE partition > 1');
  expect(await read('consumer_lag')).toBe(11);
});
