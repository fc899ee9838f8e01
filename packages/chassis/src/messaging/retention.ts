import type { Logger } from 'pino';
import { startLoop, type Loop } from '../loop';
import type { Store } from '../postgres/store';

const DAY_MS = 86_400_000;
const KEPT_MS = 7 * DAY_MS;
const HOUR_MS = 3_600_000;
/** So that no statement takes long. */
const AT_ONCE = 5_000;

/** Forgets for ever what has done its duty: the topics keep every event, and no second send comes after so long. */
export function startRetention(name: string, logger: Logger, forget: (atMost: number) => Promise<number>): Loop {
  return startLoop({
    name: `retention of the ${name}`,
    logger,
    idleMs: HOUR_MS,
    work: async () => ((await forget(AT_ONCE)) === AT_ONCE ? 'busy' : 'idle'),
  });
}

/** Deletes outbox rows that were published and are older than 7 days. Gives how many. */
export const forgetPublished = (store: Pick<Store, 'query'>) => async (atMost: number) => {
  const rows = await store.query(
    `DELETE FROM outbox WHERE seq IN (
       SELECT seq FROM outbox WHERE created_at < now() - make_interval(secs => $1) AND published_at IS NOT NULL
       LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING seq`,
    [KEPT_MS / 1000, atMost],
  );
  return rows.length;
};

/** Deletes the ids of events that were applied more than 7 days ago, on PostgreSQL as on SQLite. Gives how many. */
export const forgetApplied = (store: Pick<Store, 'query'>, now: () => Date) => async (atMost: number) => {
  const rows = await store.query(
    `DELETE FROM inbox WHERE event_id IN (SELECT event_id FROM inbox WHERE applied_at < $1 LIMIT $2)
     RETURNING event_id`,
    [new Date(now().getTime() - KEPT_MS).toISOString(), atMost],
  );
  return rows.length;
};
