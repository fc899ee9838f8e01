import type { Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { measureFromStore } from '@outerpark/chassis/store-gauges';

const COUNT_EVERY_MS = 15_000;

/** Gauges of what is under way: requests to reserve, unpaid reservations, and sagas. What waits is small; what is done is not read. */
export function measureReservations(metrics: Metrics, store: Pick<Store, 'query'>): void {
  measureFromStore(metrics, {
    gauges: {
      intents_open: 'Requests to reserve that are neither answered nor abandoned',
      intent_oldest_seconds: 'Age of the oldest of them; 0: there is none',
    },
    read: () =>
      store.query(
        `SELECT count(*)::float8 AS intents_open,
           coalesce(extract(epoch FROM now() - min(claimed_at)), 0)::float8 AS intent_oldest_seconds
         FROM intent WHERE state = 'open'`,
      ),
  });
  measureFromStore(metrics, {
    gauges: {
      sagas_open: 'Reservations that have ended and whose seats or money are not settled yet',
      saga_oldest_seconds: 'For how long the oldest of them has been so; 0: there is none',
    },
    read: () =>
      store.query(
        `SELECT count(*)::float8 AS sagas_open,
           coalesce(extract(epoch FROM now() - min(ended_at)), 0)::float8 AS saga_oldest_seconds
         FROM reservation WHERE ended_at IS NOT NULL AND (seats_released_at IS NULL OR payment_cancelled_at IS NULL)`,
      ),
  });
  measureFromStore(metrics, {
    gauges: {
      reservations_awaiting_payment: 'Reservations that wait for their payment',
      reservation_overdue_seconds: 'How far the oldest of them is past its deadline; 0: none is',
    },
    everyMs: COUNT_EVERY_MS,
    read: () =>
      store.query(
        `SELECT count(*)::float8 AS reservations_awaiting_payment,
           greatest(0, extract(epoch FROM now() - min(payment_deadline)))::float8 AS reservation_overdue_seconds
         FROM reservation WHERE status = 'awaiting_payment'`,
      ),
  });
}
