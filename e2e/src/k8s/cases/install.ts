import type { K8sCase } from '../k8s-case';
import { removeNamespace, ensureNamespace } from '../namespace';
import { untilPods } from '../pods';
import { BASE, SERVICES } from '../values';

export const install: K8sCase = {
  name: 'install',
  item: 'Deploy pipeline',
  title: 'npm run deploy into an empty namespace under restricted pod security, with its smoke test',
  run: async ({ release, say }) => {
    await removeNamespace(release.namespace);
    await ensureNamespace(release.namespace);
    const since = performance.now();
    const said = await release.deploy([BASE]);
    const seconds = (performance.now() - since) / 1000;
    say(said);
    for (const service of SERVICES) await untilPods(release, service, 2);
    const pods = (await release.pods()).filter(({ phase }) => phase === 'Running');
    const restarts = pods.reduce((sum, pod) => sum + pod.restarts, 0);
    return [
      `deployed and one reservation made after ${seconds.toFixed(0)} s: ${pods.length} pods, ${restarts} restarts`,
      `smoke test: ${/smoke test\s+[\d.]+ s\s+(.*)/.exec(said)?.[1] ?? 'not told'}`,
    ];
  },
};
