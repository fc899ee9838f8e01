import type { Metrics } from '../metrics';
import { measureFromStore } from '../store-gauges';
import type { Attention } from './attention';

/** Gauges of what is past its time, read from the store when they are scraped. */
export function measureAttention(metrics: Metrics, attention: Pick<Attention, 'count'>, now: () => Date): void {
  measureFromStore(metrics, {
    gauges: {
      attention_items: 'Things past their time, by kind: see GET /api/admin/attention',
      attention_oldest_seconds:
        'For how long the oldest thing that is past its time has been so, by kind; 0: there is none',
    },
    labels: ['kind'],
    read: async () =>
      (await attention.count()).map(({ kind, items, since }) => ({
        kind,
        attention_items: items,
        attention_oldest_seconds: since ? Math.max(0, now().getTime() - since.getTime()) / 1000 : 0,
      })),
  });
}
