import { Counter } from 'prom-client';
import type { Logger } from './logger';
import { startLoop } from './loop';
import { metric, type Metrics } from './metrics';
import type { Store } from './postgres/store';

/** What a service need not know for good. */
export interface Retention {
  /** Names it, in the metric and in the table `forgotten`. */
  what: string;
  days: number;
  /** Deletes at most $2 rows of a time before $1, the oldest first. Gives the time of each as `at`. */
  sql: string;
}

export interface RetentionOptions {
  store: Store;
  /** One line for each table that would grow for ever. */
  retentions: Retention[];
  everyMs: number;
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
}

export interface RunningRetention {
  /** Finishes the batch under way. */
  stop(): Promise<void>;
}

/** For the migrations of a store that forgets: what is no longer missed, and up to which time. */
export const CREATE_FORGOTTEN = `CREATE TABLE forgotten (what text PRIMARY KEY, until timestamptz NOT NULL)`;

const DAY_MS = 86_400_000;
const BATCH = 1_000;

/**
 * For tables of PostgreSQL: passes over what another replica is deleting, so that replicas share the work. The time needs an index,
 * so that nothing is read when nothing is past its time.
 */
export const deleteOld = (table: string, time: string, condition = 'TRUE'): string =>
  `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
     SELECT ctid FROM ${table} WHERE ${time} < $1 AND ${condition} ORDER BY ${time} LIMIT $2 FOR UPDATE SKIP LOCKED))
   RETURNING ${time} AS at`;

/** Deletes what is past its time, in small batches, for as long as there is some. */
export function startRetention(options: RetentionOptions): RunningRetention {
  const { retentions, everyMs, logger } = options;
  const forget = createForget(options);

  return startLoop({
    name: 'retention',
    logger,
    idleMs: everyMs,
    work: async () => {
      // One that fails keeps none of the others from their turn.
      const turns: PromiseSettledResult<number>[] = [];
      for (const retention of retentions) turns.push(...(await Promise.allSettled([forget(retention)])));
      const failed = turns.find((turn) => turn.status === 'rejected');
      if (failed) throw failed.reason;
      return turns.some((turn) => turn.status === 'fulfilled' && turn.value === BATCH) ? 'busy' : 'idle';
    },
  });
}

/** Deletes one batch, and remembers up to when things are forgotten: nobody may miss them. Gives how many there were. */
function createForget({ store, now, metrics }: RetentionOptions): (retention: Retention) => Promise<number> {
  const counter = metric(
    metrics,
    'retention_deleted_rows_total',
    () =>
      new Counter({
        name: 'retention_deleted_rows_total',
        help: 'Rows deleted because they were past their time',
        labelNames: ['what'],
        registers: [metrics],
      }),
  );

  return async ({ what, days, sql }) => {
    const limit = new Date(now().getTime() - days * DAY_MS);
    const deleted = await store.transact(async (tx) => {
      const rows = await tx.query<{ at: Date | string }>(sql, [limit.toISOString(), BATCH]);
      if (rows.length === 0) return 0;
      const latest = Math.max(...rows.map(({ at }) => new Date(at).getTime()));
      await tx.query(
        `INSERT INTO forgotten (what, until) VALUES ($1, $2)
         ON CONFLICT (what) DO UPDATE SET until = excluded.until WHERE excluded.until > forgotten.until`,
        [what, new Date(latest).toISOString()],
      );
      return rows.length;
    });
    counter.inc({ what }, deleted);
    return deleted;
  };
}
