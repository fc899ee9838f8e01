import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault-case';

const MINUTES = 60_000;
const processes = ['musical-1', 'reservation-1', 'payment-1', 'notification-1', 'mypage-1'];

const wrong = (name: string, said: string, ms: number): FaultCase => ({
  name,
  title: `the clock of one process of each service 5 minutes ${said}`,
  faults: Object.fromEntries(processes.map((process) => [process, { FAULT_CLOCK_MS: String(ms) }])),
  run: async ({ system }) => {
    await sleep(10_000);
    // The log is written by the wrong clock: it shows that it is wrong.
    for (const process of processes) {
      const off = Date.parse(system.lastLog(process)) - Date.now();
      if (Math.abs(off - ms) > MINUTES)
        throw new Error(`the clock of ${process} is off by ${Math.round(off / 1000)} s`);
    }
    return processes;
  },
});

export const clocks: FaultCase[] = [
  wrong('clocks-ahead', 'ahead', 5 * MINUTES),
  wrong('clocks-behind', 'behind', -5 * MINUTES),
];
