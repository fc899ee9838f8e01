import { performance } from 'node:perf_hooks';
import type { Store } from './store';

/**
 * The database's clock, read now and then and carried on by this process's monotonic clock in between: all replicas of a
 * service agree on the time, and neither a machine's wrong clock nor a jump of it moves a deadline.
 */
export interface DatabaseClock {
  now(): Date;
  stop(): void;
}

const EVERY_MS = 10_000;

export async function startDatabaseClock(store: Pick<Store, 'query'>): Promise<DatabaseClock> {
  let base = 0;

  const read = async () => {
    const asked = performance.now();
    const [row] = await store.query<{ ms: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
    );
    const answered = performance.now();
    if (row) base = row.ms - (asked + answered) / 2;
  };
  await read();
  // While the database is away the monotonic clock carries on alone.
  const timer = setInterval(() => void read().catch(() => undefined), EVERY_MS);
  timer.unref();

  return { now: () => new Date(base + performance.now()), stop: () => clearInterval(timer) };
}
