import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { besiege } from '../../faults/system/siege';
import { expecting } from '../api';
import { afterwards } from '../checks/afterwards';
import type { K8sCase } from '../k8s-case';
import { startLoad } from '../load/load';
import { availability } from '../load/tally';
import { untilPods } from '../pods';
import type { Release } from '../release';
import { BASE } from '../values';

const SIEGE = { clients: 200, seconds: 120 };
const MOST = 10;
/** So little beside it that one pod is enough for it: two that have nothing to do use half of what one may. */
const PER_SECOND = 2;
/** Small requests, so that ten pods fit on any node; and it need not be waited for as long as in earnest until it is less again. */
const SCALED = {
  gateway: {
    autoscaling: { enabled: true, min: 1, max: MOST, cpu: 100 },
    resources: { requests: { cpu: '50m', memory: '64Mi' } },
    // One customer, and one address, is here as many as a whole city.
    env: { CUSTOMER_REQUESTS_PER_MINUTE: '10000000', ADDRESS_REQUESTS_PER_MINUTE: '10000000' },
  },
  autoscaling: { scaleDownAfterSeconds: 30, scaleDownPods: 4 },
};

export const autoscaling: K8sCase = {
  name: 'autoscaling',
  item: 'Autoscaling (HPA)',
  title: `siege with ${SIEGE.clients} clients for ${SIEGE.seconds} s on the gateway, autoscaled from 1 to ${MOST} pods, beside a load of ${PER_SECOND} requests a second`,
  run: async ({ release, say }) => {
    await release.deploy([BASE, SCALED], { smoke: false });
    await untilPods(release, 'gateway', 1, 180_000);
    const gateway = await release.gateway();
    const musical = { name: 'Besieged', reservableSeats: 100, price: 10_000 };
    const admin = await release.token('admin');
    const { id } = await expecting<Musical>(201, gateway, admin, 'POST', '/api/musicals', musical);
    const load = await startLoad(release, { perSecond: PER_SECOND });
    const watch = watchPods(release, say);
    const dir = mkdtempSync(join(tmpdir(), 'outerpark-siege-'));
    try {
      // A new connection for each request, so that new pods get their share of them.
      const siege = await besiege({ ...SIEGE, url: `${gateway}/api/musicals/${id}`, dir, connection: 'close' });
      const besiegedFor = watch.seconds();
      await eventually(
        async () => {
          const ready = await readyPods(release);
          if (ready !== 1) throw new Error(`${ready} pods of the gateway are left`);
        },
        { withinMs: 240_000, everyMs: 3_000 },
      );
      const took = await watch.end();
      if (took.most !== MOST) throw new Error(`the gateway came to ${took.most} pods only: ${took.told}`);
      const requests = siege.successful + siege.failed;
      if (siege.failed > 0) throw new Error(`siege: ${siege.failed} of ${requests} requests failed`);
      // Two hundred clients may take all there is of a small cluster: then to be told 503 is right.
      const { seen } = await afterwards(release, load, { whole: false });
      return [
        `pods of the gateway that were ready: ${took.told}`,
        `siege: ${requests.toLocaleString('en')} requests in ${besiegedFor.toFixed(0)} s, availability ${availability(requests, siege.failed)}, the longest ${siege.longest} s`,
        ...seen,
      ];
    } finally {
      await watch.end();
      await load.stop();
      rmSync(dir, { recursive: true });
      await release.deploy([BASE], { smoke: false });
      await untilPods(release, 'gateway', 2, 180_000);
    }
  },
};

interface Watch {
  seconds(): number;
  /** Asked again it gives the same. */
  end(): Promise<{ most: number; told: string }>;
}

/** Notes when there are more or fewer ready pods of the gateway, in seconds from now on. */
function watchPods(release: Release, say: (line: string) => void): Watch {
  const since = performance.now();
  const seconds = () => (performance.now() - since) / 1000;
  const changes: { at: number; pods: number }[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const pods = await readyPods(release).catch(() => undefined);
      if (pods !== undefined && pods !== changes.at(-1)?.pods) {
        changes.push({ at: seconds(), pods });
        say(`${seconds().toFixed(0)} s: ${pods} pods of the gateway are ready`);
      }
      await sleep(2_000, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  return {
    seconds,
    end: async () => {
      over.abort();
      await watching;
      return {
        most: Math.max(...changes.map(({ pods }) => pods)),
        told: changes.map(({ at, pods }) => `${pods} after ${at.toFixed(0)} s`).join(', '),
      };
    },
  };
}

const readyPods = async (release: Release): Promise<number> =>
  (await release.pods('gateway')).filter(({ ready, deleting }) => ready && !deleting).length;
