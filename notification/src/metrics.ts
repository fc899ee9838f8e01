import type { Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { Gauge } from 'prom-client';

/** Gauges of what is still to be delivered, read from the store when they are scraped. */
export function measureNotices(metrics: Metrics, store: Pick<Store, 'query'>): void {
  const oldest = new Gauge({
    name: 'notice_oldest_pending_seconds',
    help: 'Age of the oldest notice that is neither sent nor given up',
    registers: [metrics],
  });
  new Gauge({
    name: 'notices_pending',
    help: 'Notices that are neither sent nor given up',
    registers: [metrics],
    async collect() {
      // A scrape must not fail because the store is away: the last values stay.
      const rows = await store
        .query<{ count: number; seconds: number | null }>(
          `SELECT count(*)::int AS count, extract(epoch FROM now() - min(created_at))::float8 AS seconds
           FROM notice WHERE status = 'pending'`,
        )
        .catch(() => undefined);
      if (!rows) return;
      this.set(rows[0]?.count ?? 0);
      oldest.set(rows[0]?.seconds ?? 0);
    },
  });
}
