import { setTimeout as sleep } from 'node:timers/promises';
import { STORED } from '@outerpark/audit/system';
import { errorMessage } from '@outerpark/chassis/errors';
import { openIn } from '../../faults/checks/settled';
import type { Release } from '../release';
import { query } from '../stores';

/** Waits until nothing is under way in any store, at most so long. Gives the seconds it took; throws with what is open. */
export async function untilSettled(release: Release, withinMs = 150_000): Promise<number> {
  const since = performance.now();
  for (;;) {
    const open = await whatIsOpen(release).catch((error: unknown) => [`cannot be read: ${errorMessage(error)}`]);
    const ms = performance.now() - since;
    if (open.length === 0) return ms / 1000;
    if (ms > withinMs) throw new Error(`not settled after ${(ms / 1000).toFixed(0)} s: ${open.join(', ')}`);
    await sleep(1_000);
  }
}

async function whatIsOpen(release: Release): Promise<string[]> {
  const found: string[] = [];
  for (const service of STORED) {
    const counts = Object.entries(openIn(service)).map(
      ([what, sql]) => `SELECT '${what}' AS what, (${sql})::int AS count`,
    );
    for (const { what, count } of await query<{ what: string; count: number }>(
      release,
      service,
      counts.join(' UNION ALL '),
    )) {
      if (count > 0) found.push(`${count} ${what} (${service})`);
    }
  }
  return found;
}
