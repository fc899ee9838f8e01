import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics';
import type { Attention } from './attention';

type Counts = Awaited<ReturnType<Attention['count']>>;

/** Gauges of what is past its time, read from the store when they are scraped. */
export function measureAttention(metrics: Metrics, attention: Pick<Attention, 'count'>, now: () => Date): void {
  let reading: Promise<Counts> | undefined;
  // Both gauges of one scrape are of one reading. It must not fail because the store is away: the last values stay.
  const counts = (): Promise<Counts> =>
    (reading ??= attention
      .count()
      .catch(() => [])
      .finally(() => (reading = undefined)));

  new Gauge({
    name: 'attention_items',
    help: 'Things past their time, by kind: see GET /api/admin/attention',
    labelNames: ['kind'],
    registers: [metrics],
    async collect() {
      for (const { kind, items } of await counts()) this.set({ kind }, items);
    },
  });
  new Gauge({
    name: 'attention_oldest_seconds',
    help: 'For how long the oldest thing that is past its time has been so, by kind; 0: there is none',
    labelNames: ['kind'],
    registers: [metrics],
    async collect() {
      for (const { kind, since } of await counts()) {
        this.set({ kind }, since ? Math.max(0, now().getTime() - since.getTime()) / 1000 : 0);
      }
    },
  });
}
