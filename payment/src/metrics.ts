import { metric, type Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { Counter, Gauge } from 'prom-client';

/** Gauges of the payments that are not at their end, read from the store when they are scraped, and a counter of steps. */
export function measurePayments(
  metrics: Metrics,
  store: Pick<Store, 'query'>,
): (step: string, outcome: string) => void {
  const open = ['requested', 'action_required', 'deferred', 'declined'];

  new Gauge({
    name: 'payments',
    help: 'Payments that are neither approved nor cancelled, by their status',
    labelNames: ['status'],
    registers: [metrics],
    async collect() {
      // A scrape must not fail because the store is away: the last values stay.
      const rows = await store
        .query<{ status: string; count: number }>(
          `SELECT status, count(*)::int AS count FROM payment WHERE status NOT IN ('approved', 'cancelled') GROUP BY status`,
        )
        .catch(() => undefined);
      if (!rows) return;
      const counts = new Map(rows.map(({ status, count }) => [status, count]));
      for (const status of open) this.set({ status }, counts.get(status) ?? 0);
    },
  });
  new Gauge({
    name: 'payment_oldest_due_seconds',
    help: 'For how long the payment that the worker should take up next has been due',
    registers: [metrics],
    async collect() {
      const rows = await store
        .query<{ seconds: number | null }>(
          `SELECT greatest(0, extract(epoch FROM now() - min(next_attempt_at)))::float8 AS seconds FROM payment
           WHERE next_attempt_at IS NOT NULL`,
        )
        .catch(() => undefined);
      if (rows) this.set(rows[0]?.seconds ?? 0);
    },
  });

  const steps = metric(
    metrics,
    'payment_steps_total',
    () =>
      new Counter({
        name: 'payment_steps_total',
        help: 'Steps that payments have taken, by what came of them',
        labelNames: ['step', 'outcome'],
        registers: [metrics],
      }),
  );
  return (step, outcome) => steps.inc({ step, outcome });
}
