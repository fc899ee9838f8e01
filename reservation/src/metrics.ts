import type { Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { Gauge } from 'prom-client';
import { countOpenSagas } from './persistence/reservations';

/** A cancel saga that is older than this and lacks a step is overdue. */
const SAGA_LIMIT_MS = 60_000;

export function measureReservations(metrics: Metrics, store: Pick<Store, 'query'>): void {
  new Gauge({
    name: 'sagas_overdue',
    help: 'Ended reservations whose seats or payment are not cleared a minute later',
    registers: [metrics],
    async collect() {
      await countOpenSagas(store, SAGA_LIMIT_MS).then(
        (count) => this.set(count),
        () => undefined,
      );
    },
  });
}
