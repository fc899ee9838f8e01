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
/** Of an answer that took longer nobody knows when the time in it was taken: the database was frozen, or we were. */
const TRUSTED_MS = 500;

export async function startDatabaseClock(store: Pick<Store, 'query'>): Promise<DatabaseClock> {
  let base: number | undefined;
  let reading = false;

  const read = async () => {
    if (reading) return;
    reading = true;
    try {
      const asked = performance.now();
      const [row] = await store.query<{ ms: number }>(
        'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
      );
      const answered = performance.now();
      if (row && (base === undefined || answered - asked < TRUSTED_MS)) base = row.ms - (asked + answered) / 2;
    } finally {
      reading = false;
    }
  };
  await read();
  // While the database is away the monotonic clock carries on alone.
  const timer = setInterval(() => void read().catch(() => undefined), EVERY_MS);
  timer.unref();

  return { now: () => new Date((base ?? 0) + performance.now()), stop: () => clearInterval(timer) };
}
