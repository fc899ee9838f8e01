import { Gauge, type Registry } from 'prom-client';
import type { Store } from '../postgres/store';
import type { RunningConsumer } from './consumer';

/** Gauges of a service's messaging, read from its store when they are scraped. */
export function measureMessaging(registry: Registry, store: Pick<Store, 'query'>, consumer?: RunningConsumer): void {
  const gauge = (name: string, help: string, read: () => Promise<number> | number) =>
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
  const first = async (sql: string) => Number((await store.query<{ value: number | null }>(sql))[0]?.value ?? 0);

  gauge('outbox_oldest_unpublished_seconds', 'Age of the oldest event that has not reached the broker', () =>
    first(`SELECT extract(epoch FROM now() - min(created_at))::float8 AS value FROM outbox WHERE published_at IS NULL`),
  );
  gauge('dead_letters_open', 'Events set aside that wait for somebody', () =>
    first(`SELECT count(*)::float8 AS value FROM dead_letter WHERE resolved_at IS NULL`),
  );
  if (consumer) {
    gauge('consumer_joined', '1 while this process is a live member of its consumer group', () =>
      Number(consumer.health().joined),
    );
    gauge('consumer_partitions_paused', 'Partitions paused after a failure', () => consumer.health().paused.length);
    gauge('consumer_caught_up_seconds', 'How long ago the slowest partition was last seen at its end', () =>
      first(
        `SELECT extract(epoch FROM now() - min(greatest(at_end_at, applied_time)))::float8 AS value FROM consumer_offset`,
      ),
    );
  }
}
