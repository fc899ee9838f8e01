import type { Topic } from '@outerpark/contracts/topics';
import { Counter, Gauge, Histogram } from 'prom-client';
import { metric, type Metrics } from '../metrics';
import type { Store } from '../postgres/store';
import { measureFromStore } from '../store-gauges';
import { OLDEST_UNPUBLISHED } from './attention';
import type { RunningConsumer } from './consumer';

type Readable = Pick<Store, 'query'>;

/** Gauges of a service's messaging, read from its store when they are scraped. */
export function measureMessaging(metrics: Metrics, store: Readable, consumer?: RunningConsumer): void {
  measureOutbox(metrics, store);
  measureInbox(metrics, store, consumer);
}

/** For a service that publishes. */
export function measureOutbox(metrics: Metrics, store: Readable): void {
  measureFromStore(metrics, {
    gauges: { outbox_oldest_unpublished_seconds: 'Age of the oldest event that has not reached the broker' },
    read: () =>
      store.query(
        `SELECT coalesce(extract(epoch FROM now() - (${OLDEST_UNPUBLISHED})), 0)::float8
           AS outbox_oldest_unpublished_seconds`,
      ),
  });
  // Counting them would read them all, at every scrape.
  measureFromStore(metrics, {
    gauges: { outbox_rows: 'Events in the outbox, sent or not; as estimated when it was last vacuumed' },
    read: () =>
      store.query(`SELECT greatest(0, reltuples)::float8 AS outbox_rows FROM pg_class WHERE oid = 'outbox'::regclass`),
  });
  measureFromStore(metrics, {
    gauges: {
      outbox_checkpoint_age_seconds:
        'How long ago the audit last found the outbox in Kafka; infinite before the first time',
    },
    read: () =>
      store.query(
        `SELECT coalesce(extract(epoch FROM now() - max(as_of))::float8, 'Infinity') AS outbox_checkpoint_age_seconds
         FROM outbox_checkpoint`,
      ),
  });
}

/** For a service that consumes, on PostgreSQL as on SQLite. */
export function measureInbox(metrics: Metrics, store: Readable, consumer?: RunningConsumer): void {
  measureFromStore(metrics, {
    gauges: { dead_letters_open: 'Events set aside that wait for somebody' },
    read: () => store.query(`SELECT count(*) AS dead_letters_open FROM dead_letter WHERE resolved_at IS NULL`),
  });
  if (consumer) measureConsumer(metrics, store, consumer);
}

function measureConsumer(metrics: Metrics, store: Readable, consumer: RunningConsumer): void {
  new Gauge({
    name: 'consumer_joined',
    help: '1 while this process is a live member of its consumer group',
    registers: [metrics],
    collect() {
      this.set(Number(consumer.health().joined));
    },
  });
  new Gauge({
    name: 'consumer_partitions_paused',
    help: 'Partitions paused after a failure',
    registers: [metrics],
    collect() {
      this.set(consumer.health().paused.length);
    },
  });
  measureFromStore(metrics, {
    gauges: { consumer_caught_up_seconds: 'How long ago the slowest partition was last seen at its end' },
    read: async () => {
      const rows = await store.query<{ time: string | Date }>(
        `SELECT coalesce(at_end_at, applied_time) AS time FROM consumer_offset
         WHERE coalesce(at_end_at, applied_time) IS NOT NULL`,
      );
      return [{ consumer_caught_up_seconds: Math.max(0, ...rows.map(({ time }) => secondsSince(time))) }];
    },
  });
  measureFromStore(metrics, {
    gauges: { consumer_lag: 'Events that are not applied yet, by the ends last seen' },
    labels: ['topic'],
    read: async () => {
      const rows = await store.query<{ topic: string; partition: number; next: number | string }>(
        `SELECT topic, partition, next_offset AS next FROM consumer_offset`,
      );
      const next = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]));
      const left = (topic: string) => (end: number, partition: number) =>
        Math.max(0, end - (next.get(`${topic}/${partition}`) ?? 0));
      return [...consumer.ends()].map(([topic, ends]) => ({
        topic,
        consumer_lag: ends.map(left(topic)).reduce((a, b) => a + b, 0),
      }));
    },
  });
  measureFromStore(metrics, {
    gauges: { consumer_behind_seconds: 'How long ago the slowest partition of the topic was last seen at its end' },
    labels: ['topic'],
    read: async () => {
      const rows = await store.query<{ topic: string; time: string | Date }>(
        `SELECT topic, min(coalesce(at_end_at, applied_time)) AS time FROM consumer_offset
         WHERE coalesce(at_end_at, applied_time) IS NOT NULL GROUP BY topic`,
      );
      return rows.map(({ topic, time }) => ({ topic, consumer_behind_seconds: secondsSince(time) }));
    },
  });
}

const secondsSince = (time: string | Date): number => Math.max(0, Date.now() - new Date(time).getTime()) / 1000;

/** Counts what is decided; to be told of each event after its commit. */
export function countDecided(metrics: Metrics): (type: string) => void {
  const decided = metric(
    metrics,
    'events_decided_total',
    () =>
      new Counter({
        name: 'events_decided_total',
        help: 'Events that this process has written to the outbox, by type',
        labelNames: ['type'],
        registers: [metrics],
      }),
  );
  return (type) => decided.inc({ type });
}

const DELAYS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600];

/** Counts what is applied, and how late; to be told of each event after its commit. */
export function countApplied(metrics: Metrics): (topic: Topic, time: string) => void {
  const delay = metric(
    metrics,
    'event_delay_seconds',
    () =>
      new Histogram({
        name: 'event_delay_seconds',
        help: "From an event's time to its being applied here, by topic",
        labelNames: ['topic'],
        buckets: DELAYS,
        registers: [metrics],
      }),
  );
  return (topic, time) => delay.observe({ topic }, secondsSince(time));
}
