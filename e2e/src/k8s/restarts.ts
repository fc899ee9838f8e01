import { eventually } from '@outerpark/chassis/testing/eventually';
import { untilPods, type Pod } from './pods';
import type { Release } from './release';

const LIMIT_MS = 180_000;

export const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/** Resolves when a pod's container has been started again and is ready. Throws at once when the pod itself was replaced. */
export async function untilRestarted({ pods }: Release, before: Pod): Promise<void> {
  const kept = await eventually(
    async () => {
      const pod = (await pods(before.component)).find(({ name }) => name === before.name);
      if (pod?.uid !== before.uid) return false;
      if (pod.restarts === before.restarts) throw new Error(`${before.name} was not restarted`);
      if (!pod.ready) throw new Error(`${before.name} was restarted and is not ready`);
      return true;
    },
    { withinMs: LIMIT_MS, everyMs: 500 },
  );
  if (!kept) throw new Error(`${before.name} was replaced, and not restarted`);
}

/** Changes how many pods a bundled server has, and waits until it is so. */
export async function scale(release: Release, component: string, count: number): Promise<void> {
  await release.kubectl(['scale', await release.workload(component), `--replicas=${count}`]);
  await untilPods(release, component, count);
}

/** A sentence for each pod that ran before and is another one now, or was restarted. */
export function disturbed(before: Pod[], after: Pod[]): string[] {
  const ran = before.filter(({ phase }) => phase === 'Running');
  return ran.flatMap(({ name, uid, restarts }) => {
    const now = after.find((pod) => pod.name === name);
    if (now?.uid !== uid) return [`${name} is gone`];
    return now.restarts === restarts ? [] : [`${name} was restarted ${now.restarts - restarts} times`];
  });
}
