import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Service } from '@outerpark/dev/start/ports';
import type { FaultCase, Trouble } from '../fault-case';
import { knowNextSchema } from '../points/next-release';
import { metricOf } from '../system/metrics';

/** The event that the next release writes in a new major version: reservation, notification and My page read it. */
const EVENT = 'PaymentApproved';
const READERS: Service[] = ['reservation', 'mypage'];

const rollingRestart: FaultCase = {
  name: 'rolling-restart-newer-schema',
  title: `a rolling restart of everything, the publisher first: ${EVENT} of a newer schema waits in paused partitions until its readers are upgraded`,
  run: async ({ system }) => {
    const upgrade = (name: string): Promise<void> => system.process(name).replace({ FAULT_NEXT_SCHEMA: EVENT });
    await upgrade('payment-1');
    const paused = await untilPaused(system);
    await sleep(2_000);
    for (const service of READERS) for (const replica of [1, 2]) await upgrade(`${service}-${replica}`);
    await upgrade('payment-2');
    for (const service of ['musical', 'notification'] as const)
      for (const replica of [1, 2]) await upgrade(`${service}-${replica}`);
    for (const replica of [1, 2]) await system.process(`gateway-${replica}`).replace();
    return [`${paused} partitions paused`, 'all processes replaced'];
  },
  // Whoever reads the topics afterwards has to be of the next release too.
  before: () => knowNextSchema(EVENT),
};

const untilPaused = (system: Trouble['system']): Promise<number> =>
  eventually(
    async () => {
      let all = 0;
      for (const service of READERS) {
        const counts = await Promise.all(
          system.services[service].map((url) => metricOf(url, 'consumer_partitions_paused')),
        );
        const paused = counts.reduce((sum, count) => sum + count, 0);
        if (paused === 0) throw new Error(`no partition of ${service} is paused`);
        all += paused;
      }
      return all;
    },
    { withinMs: 20_000, everyMs: 200 },
  );

export const releases: FaultCase[] = [rollingRestart];
