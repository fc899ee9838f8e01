import type { Store } from '@outerpark/chassis/postgres/store';
import type { PaymentProvider } from './clients/provider';
import { later } from './domain/payment';
import type { Pace } from './pace';

interface ForecastOptions {
  store: Pick<Store, 'query'>;
  now: () => Date;
  provider: Pick<PaymentProvider, 'retryAfterMs'>;
  pace: Pick<Pace, 'msFor'>;
}

const COUNT_EVERY_MS = 1_000;

/**
 * Tells when a payment that is put off now is likely to be taken up: after the next call that the breaker lets through, and after
 * all that are due before it, at the pace. These are counted once a second at most, and never while somebody waits for it.
 */
export function createForecast({ store, now, provider, pace }: ForecastOptions): () => Date {
  let due = 0;
  let countedAt = 0;
  const count = async () => {
    const [row] = await store.query<{ due: number }>(
      'SELECT count(*)::int AS due FROM payment WHERE next_attempt_at <= $1',
      [now()],
    );
    due = row?.due ?? due;
  };

  return () => {
    const at = now();
    if (at.getTime() - countedAt >= COUNT_EVERY_MS) {
      countedAt = at.getTime();
      // While the store is away nothing is deferred either.
      void count().catch(() => undefined);
    }
    return later(at, provider.retryAfterMs() + pace.msFor(due + 1));
  };
}
