import { metric, type Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { measureFromStore } from '@outerpark/chassis/store-gauges';
import { Counter } from 'prom-client';

/** While mail cannot be sent there are many. */
const COUNT_EVERY_MS = 15_000;

/** Gauges of what is still to be delivered, read from the store when they are scraped, and a counter of tries. */
export function measureNotices(
  metrics: Metrics,
  store: Pick<Store, 'query'>,
): (channel: string, outcome: string) => void {
  measureFromStore(metrics, {
    gauges: {
      notices_pending: 'Notices that are neither sent nor given up',
      notice_oldest_pending_seconds: 'Age of the oldest of them; 0: there is none',
    },
    everyMs: COUNT_EVERY_MS,
    read: () =>
      store.query(
        `SELECT count(*)::float8 AS notices_pending,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS notice_oldest_pending_seconds
         FROM notice WHERE status = 'pending'`,
      ),
  });

  const tries = metric(
    metrics,
    'notice_tries_total',
    () =>
      new Counter({
        name: 'notice_tries_total',
        help: 'Tries to deliver a notice, by its channel and by how the notice stands since: pending is to be tried again',
        labelNames: ['channel', 'outcome'],
        registers: [metrics],
      }),
  );
  return (channel, outcome) => tries.inc({ channel, outcome });
}
