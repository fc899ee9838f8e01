import type { Metrics } from '@outerpark/chassis/metrics';
import { Gauge } from 'prom-client';
import type { Replicas } from './replicas';

/** Measures how the gateway sees the services behind it: what customers reach, whatever the services say of themselves. */
export function measureReplicas(metrics: Metrics, services: Record<string, Pick<Replicas, 'all' | 'inDoubt'>>): void {
  new Gauge({
    name: 'gateway_replicas',
    help: 'Replicas that the gateway knows: trusted ones say that they are ready, doubted ones do not or gave no answer',
    labelNames: ['upstream', 'state'],
    registers: [metrics],
    collect() {
      for (const [upstream, replicas] of Object.entries(services)) {
        const doubted = replicas.inDoubt();
        this.set({ upstream, state: 'trusted' }, replicas.all.length - doubted);
        this.set({ upstream, state: 'doubted' }, doubted);
      }
    },
  });
}
