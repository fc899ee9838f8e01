import { setTimeout as sleep } from 'node:timers/promises';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { expecting } from '../api';
import { afterwards } from '../checks/afterwards';
import type { K8sCase } from '../k8s-case';
import { underLoad } from '../load/under-load';
import type { Release } from '../release';
import { disturbed, secondsSince } from '../restarts';
import { BASE, type Service } from '../values';

const LATER_MS = 3_000;
const MINUTE_MS = 60_000;
const BEFORE = 15;
const AFTER = 40;
const CHANGED: Service = 'reservation';

/** How long a customer has to pay, in whole minutes, as he sees it. */
async function paymentWindow(release: Release, musicalId: string): Promise<number> {
  const since = Date.now();
  const ask = [201, await release.gateway(), await release.token('alice'), 'POST', '/api/reservations'] as const;
  const { paymentDeadline } = await expecting<Reservation>(...ask, { musicalId, seats: 1 });
  return Math.round((Date.parse(paymentDeadline) - since) / MINUTE_MS);
}

export const configuration: K8sCase[] = [
  {
    name: 'config-change',
    item: 'ConfigMap and PersistentVolume',
    title: `PAYMENT_WINDOW_MS of the ConfigMap is changed from ${BEFORE} to ${AFTER} minutes under load, and back`,
    run: async ({ release, say }) => {
      const wanted = { name: 'Seen by its deadline', reservableSeats: 100, price: 1_000 };
      const admin = [201, await release.gateway(), await release.token('admin'), 'POST', '/api/musicals'] as const;
      const { id } = await expecting<Musical>(...admin, wanted);
      return underLoad(release, async (load) => {
        const seen: string[] = [];
        for (const minutes of [AFTER, BEFORE]) {
          seen.push(await changeTo(minutes, release, id));
          say(seen.at(-1)!);
        }
        await sleep(LATER_MS);
        return [...seen, `only pods of ${CHANGED} were replaced`, ...(await afterwards(release, load)).seen];
      });
    },
  },
];

async function changeTo(minutes: number, release: Release, musicalId: string): Promise<string> {
  const before = await release.pods();
  const since = performance.now();
  const env = { PAYMENT_WINDOW_MS: String(minutes * MINUTE_MS) };
  await release.deploy([BASE, minutes === BEFORE ? {} : { [CHANGED]: { env } }], { smoke: false });
  const found = await paymentWindow(release, musicalId);
  if (found !== minutes) throw new Error(`a customer has ${found} minutes to pay, and not ${minutes}`);
  const seconds = secondsSince(since);
  const others = before.filter(({ component }) => component !== CHANGED);
  const touched = disturbed(others, await release.pods());
  if (touched.length > 0) throw new Error(`besides ${CHANGED}: ${touched.join(', ')}`);
  return `${minutes} minutes were in effect after ${seconds}`;
}
