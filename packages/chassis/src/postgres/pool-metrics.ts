import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics';
import { readingsOf } from '../store-gauges';

/** Measures a pool, and whether the database behind it answers. */
export function measurePool(metrics: Metrics, pool: Pool): void {
  const inTurn = readingsOf(metrics);
  new Gauge({
    name: 'store_up',
    help: "1 when the service's database gave an answer within a second",
    registers: [metrics],
    async collect() {
      this.set((await inTurn(() => pool.query('SELECT 1'))) ? 1 : 0);
    },
  });

  const measure = (name: string, help: string, count: () => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(count());
      },
    });
  measure('postgres_pool_used', 'Connections that are at work', () => pool.totalCount - pool.idleCount);
  measure('postgres_pool_idle', 'Connections that are open and free', () => pool.idleCount);
  measure('postgres_pool_waiting', 'Callers that wait for a connection', () => pool.waitingCount);
  measure('postgres_pool_size', 'Connections that there may be', () => pool.options.max);
}
