import { errorMessage } from '@outerpark/chassis/errors';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterwards } from '../checks/afterwards';
import type { K8sCase, Stage } from '../k8s-case';
import { startLoad } from '../load/load';
import { untilPods, type Pod } from '../pods';
import type { Release } from '../release';
import { SERVICES, type Service } from '../values';

const PER_SECOND = 10;
const BEFORE_MS = 3_000;

/** What is done to a service, and what there is to be said of it beside the seconds it took. */
type Doing = (release: Release, service: Service) => Promise<string | undefined>;

/** Does the same to one service after another, under one load of which nothing may fail. */
const underLoad = (name: string, title: string, doing: Doing): K8sCase => ({
  name,
  item: 'Zero-downtime deploy (readiness)',
  title: `${title}, under a load of ${PER_SECOND} requests a second`,
  run: async ({ release, say }: Stage) => {
    const load = await startLoad(release, { perSecond: PER_SECOND });
    const done: string[] = [];
    try {
      await sleep(BEFORE_MS);
      for (const service of SERVICES) {
        const from = Date.now();
        const more = await doing(release, service);
        const seconds = ((Date.now() - from) / 1000).toFixed(0);
        const { requests, availability, failed, answers } = load.tally(from);
        done.push(`${service} ${seconds} s${more === undefined ? '' : `, ${more}`}`);
        say(`${service}: ${seconds} s, ${requests} requests, availability ${availability} ${more ?? ''}`);
        if (failed > 0) say(`${service}: ${JSON.stringify(answers)}`);
      }
      await sleep(BEFORE_MS);
    } finally {
      await load.stop();
    }
    const { seen } = await afterwards(release, load);
    return [seen[0]!, done.join('; '), ...seen.slice(1)];
  },
});

const rollingUpdate = underLoad('rolling-update', 'rolling update of every service', async (release, service) => {
  const before = await release.pods(service);
  const workload = await release.workload(service);
  await release.kubectl(['rollout', 'restart', workload]);
  await release.kubectl(['rollout', 'status', workload, '--timeout=180s']);
  const after = await untilPods(release, service, before.length);
  if (after.some(({ uid }) => before.some((pod) => pod.uid === uid)))
    throw new Error(`${service} has a pod from before`);
  return undefined;
});

const podDeletion = underLoad('pod-deletion', 'one pod of every service deleted', async (release, service) => {
  const before = await release.pods(service);
  await release.kubectl(['delete', 'pod', before[0]!.name, '--wait=false']);
  return replaced(release, service, before, 1);
});

/** As `kubectl drain` does it: whoever would be one too many is asked to go again later. */
const eviction = underLoad(
  'eviction',
  'every pod of every service evicted as kubectl drain does, the second at once after the first',
  async (release, service) => {
    const before = await release.pods(service);
    let refused = 0;
    for (const { name } of before) {
      await eventually(
        () =>
          evict(release, name).catch((error: unknown) => {
            if (!errorMessage(error).includes('disruption budget')) throw error;
            refused += 1;
            throw error;
          }),
        { withinMs: 120_000, everyMs: 2_000 },
      );
    }
    if (refused === 0) throw new Error(`the last pod of ${service} was let go while the other was away`);
    await replaced(release, service, before, before.length);
    return `refused ${refused} times by the budget`;
  },
);

const evict = ({ kubectl, namespace }: Release, name: string): Promise<string> =>
  kubectl(['create', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }),
  });

/** Waits until so many of these are gone and others in their place. */
async function replaced(release: Release, service: Service, before: Pod[], count: number): Promise<undefined> {
  await eventually(
    async () => {
      const after = await untilPods(release, service, before.length);
      const left = after.filter(({ uid }) => before.some((pod) => pod.uid === uid)).length;
      if (left > before.length - count) throw new Error(`${left} of ${before.length} pods of ${service} are left`);
    },
    { withinMs: 120_000, everyMs: 500 },
  );
  return undefined;
}

export const zeroDowntime: K8sCase[] = [rollingUpdate, podDeletion, eviction];
