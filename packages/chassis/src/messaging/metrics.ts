import { Gauge, type Registry } from 'prom-client';
import type { Store } from '../postgres/store';
import type { RunningConsumer } from './consumer';

/** Gauges of a service's messaging, read from its store when they are scraped. */
export function measureMessaging(registry: Registry, store: Pick<Store, 'query'>, consumer?: RunningConsumer): void {
  measureOutbox(registry, store);
  measureInbox(registry, store, consumer);
}

/** For a service that publishes. */
export function measureOutbox(registry: Registry, store: Pick<Store, 'query'>): void {
  gauge(registry, 'outbox_oldest_unpublished_seconds', 'Age of the oldest event that has not reached the broker', () =>
    first(
      store,
      `SELECT extract(epoch FROM now() - min(created_at))::float8 AS value FROM outbox WHERE published_at IS NULL`,
    ),
  );
  // Counting them would read them all, at every scrape.
  gauge(registry, 'outbox_rows', 'Events in the outbox, sent or not; as estimated when it was last vacuumed', () =>
    first(store, `SELECT greatest(0, reltuples)::float8 AS value FROM pg_class WHERE oid = 'outbox'::regclass`),
  );
  gauge(
    registry,
    'outbox_checkpoint_age_seconds',
    'How long ago the audit last found the outbox in Kafka; infinite before the first time',
    () =>
      first(
        store,
        `SELECT coalesce(extract(epoch FROM now() - max(as_of))::float8, 'Infinity') AS value FROM outbox_checkpoint`,
      ),
  );
}

/** For a service that consumes, on PostgreSQL as on SQLite. */
export function measureInbox(registry: Registry, store: Pick<Store, 'query'>, consumer?: RunningConsumer): void {
  gauge(registry, 'dead_letters_open', 'Events set aside that wait for somebody', () =>
    first(store, `SELECT count(*) AS value FROM dead_letter WHERE resolved_at IS NULL`),
  );
  if (!consumer) return;
  gauge(registry, 'consumer_joined', '1 while this process is a live member of its consumer group', () =>
    Number(consumer.health().joined),
  );
  gauge(
    registry,
    'consumer_partitions_paused',
    'Partitions paused after a failure',
    () => consumer.health().paused.length,
  );
  gauge(
    registry,
    'consumer_caught_up_seconds',
    'How long ago the slowest partition was last seen at its end',
    async () => {
      const rows = await store.query<{ time: string | Date }>(
        `SELECT coalesce(at_end_at, applied_time) AS time FROM consumer_offset
       WHERE coalesce(at_end_at, applied_time) IS NOT NULL`,
      );
      const oldest = Math.min(...rows.map(({ time }) => new Date(time).getTime()));
      return rows.length === 0 ? 0 : Math.max(0, Date.now() - oldest) / 1000;
    },
  );
  gaugeByTopic(registry, 'consumer_lag', 'Events that are not applied yet, by the ends last seen', async () => {
    const rows = await store.query<{ topic: string; partition: number; next: number | string }>(
      `SELECT topic, partition, next_offset AS next FROM consumer_offset`,
    );
    const next = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]));
    const left = (topic: string) => (end: number, partition: number) =>
      Math.max(0, end - (next.get(`${topic}/${partition}`) ?? 0));
    return [...consumer.ends()].map(([topic, ends]) => [topic, ends.map(left(topic)).reduce((a, b) => a + b, 0)]);
  });
  gaugeByTopic(
    registry,
    'consumer_behind_seconds',
    'How long ago the slowest partition of the topic was last seen at its end',
    async () => {
      const rows = await store.query<{ topic: string; time: string | Date }>(
        `SELECT topic, min(coalesce(at_end_at, applied_time)) AS time FROM consumer_offset
         WHERE coalesce(at_end_at, applied_time) IS NOT NULL GROUP BY topic`,
      );
      return rows.map(({ topic, time }) => [topic, Math.max(0, Date.now() - new Date(time).getTime()) / 1000]);
    },
  );
}

function gaugeByTopic(registry: Registry, name: string, help: string, read: () => Promise<[string, number][]>): void {
  new Gauge({
    name,
    help,
    labelNames: ['topic'],
    registers: [registry],
    async collect() {
      for (const [topic, value] of await read().catch(() => [])) this.set({ topic }, value);
    },
  });
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number> | number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      // A scrape must not fail because the store is away: the last value stays.
      await Promise.resolve()
        .then(read)
        .then(
          (value) => this.set(value),
          () => undefined,
        );
    },
  });
}

const first = async (store: Pick<Store, 'query'>, sql: string) =>
  Number((await store.query<{ value: number | null }>(sql))[0]?.value ?? 0);
