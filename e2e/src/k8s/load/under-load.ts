import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from '../release';
import { startLoad, type Load } from './load';

/** Little enough that two cores, which run everything twice, still have something left to start pods with. */
const PER_SECOND = 10;
const WARM_UP_MS = 5_000;

/** Does something while customers come, of whom none is sent any more when it is done or has failed. */
export async function underLoad<T>(release: Release, work: (load: Load) => Promise<T>): Promise<T> {
  const load = await startLoad(release, { perSecond: PER_SECOND });
  try {
    await sleep(WARM_UP_MS);
    return await work(load);
  } finally {
    await load.stop();
  }
}
