import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault-case';
import { neighbours, type Neighbour } from '../system/addresses';

const NAMES: Record<Neighbour, string> = {
  postgres: 'PostgreSQL',
  kafka: 'Kafka',
  musical: 'musical (from reservation)',
  provider: 'the payment provider',
  smtp: 'the mail server',
};
/** So slow that some calls time out, or the load would see nothing of it. */
const LATENCY_MS: Record<Neighbour, number> = {
  postgres: 100,
  kafka: 400,
  musical: 2_500,
  provider: 2_000,
  smtp: 2_000,
};

/** Slow, then cut without a word, then broken off, with a breath in between. */
const between = (neighbour: Neighbour): FaultCase => ({
  name: `network-to-${neighbour}`,
  title: `the network to ${NAMES[neighbour]}: ${LATENCY_MS[neighbour]} ms slower, then silent, then connections reset`,
  through: [neighbour],
  run: async ({ system }) => {
    const network = system.network!;
    for (const [toxic, ms] of [
      [{ latency: LATENCY_MS[neighbour] }, 6_000],
      ['cut', 8_000],
      ['reset', 3_000],
    ] as const) {
      await network.poison(neighbour, toxic);
      await sleep(ms);
      await network.cure();
      await sleep(2_000);
    }
    return ['latency', 'silence', 'resets'];
  },
});

export const network: FaultCase[] = neighbours.map(between);
