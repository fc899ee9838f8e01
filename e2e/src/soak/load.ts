import { setTimeout as sleep } from 'node:timers/promises';
import type { Customers } from './customers';

/** So many customers at a time, each coming when the one before has got everything. Gives whole sagas a second of the last two thirds. */
export async function closedLoop(customers: Customers, atOnce: number, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const measureFrom = performance.now() + ms / 3;
  let whole = 0;
  const one = async () => {
    for (let now = performance.now(); now < until; now = performance.now()) {
      const done = await customers.saga(now);
      if (done && performance.now() >= measureFrom && performance.now() < until) whole += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return whole / ((until - measureFrom) / 1_000);
}

/** More than this open at once, and the system does not keep up: the load ends. */
const MOST_OPEN = 5_000;

/**
 * Customers who come at their time, whether the ones before have got their answers or not: who has to wait because the system is
 * slow is counted from when he came. Resolves when the last has come; throws when the system does not keep up.
 */
export async function openLoop(customers: Customers, perSecond: number, ms: number): Promise<void> {
  const start = performance.now();
  for (let nth = 0; ; nth++) {
    const due = start + (nth * 1_000) / perSecond;
    if (due >= start + ms) return;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    if (customers.open() > MOST_OPEN)
      throw new Error(`${MOST_OPEN} sagas are open at once: the system does not keep up`);
    void customers.saga(due);
  }
}

const STEPS = [8, 16, 32, 64, 128];
const STEP_MS = 15_000;
/** More customers at once that bring less than this more are no capacity, only a queue. */
const WORTH = 1.05;

export interface Step {
  atOnce: number;
  wholePerSecond: number;
}

/**
 * What the system takes for good: whole sagas a second, from the request to the last mail, with as many customers at once as still
 * bring more. In a closed loop nothing can pile up behind the answers, because nobody comes before everything is done.
 */
export async function measureCapacity(customers: Customers, say: (line: string) => void): Promise<Step[]> {
  const steps: Step[] = [];
  for (const atOnce of STEPS) {
    const wholePerSecond = await closedLoop(customers, atOnce, STEP_MS);
    say(`${atOnce} customers at once: ${wholePerSecond.toFixed(1)} whole sagas a second`);
    const before = steps.at(-1)?.wholePerSecond ?? 0;
    steps.push({ atOnce, wholePerSecond });
    if (wholePerSecond < before * WORTH) break;
  }
  return steps;
}
