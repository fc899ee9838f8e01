import { metric, type Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { measureFromStore } from '@outerpark/chassis/store-gauges';
import { Counter } from 'prom-client';

/** Gauges of the payments that are not at their end, read from the store when they are scraped, and a counter of steps. */
export function measurePayments(
  metrics: Metrics,
  store: Pick<Store, 'query'>,
): (step: string, outcome: string) => void {
  measureFromStore(metrics, {
    gauges: { payments: 'Payments that are neither approved nor cancelled, by their status' },
    labels: ['status'],
    read: () =>
      store.query(
        `SELECT status, coalesce(live.count, 0)::float8 AS payments
         FROM (VALUES ('requested'), ('action_required'), ('deferred'), ('declined')) AS s (status)
         LEFT JOIN (
           SELECT status, count(*) FROM payment WHERE status NOT IN ('approved', 'cancelled') GROUP BY status
         ) AS live USING (status)`,
      ),
  });
  measureFromStore(metrics, {
    gauges: {
      payment_oldest_due_seconds: 'For how long the payment that the worker should take up next has been due',
    },
    read: () =>
      store.query(
        `SELECT greatest(0, extract(epoch FROM now() - min(next_attempt_at)))::float8 AS payment_oldest_due_seconds
         FROM payment WHERE next_attempt_at IS NOT NULL`,
      ),
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
