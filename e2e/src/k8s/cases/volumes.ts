import { isDeepStrictEqual } from 'node:util';
import { afterwards } from '../checks/afterwards';
import type { K8sCase } from '../k8s-case';
import { underLoad } from '../load/under-load';
import { untilPods, type Pod } from '../pods';
import type { Release } from '../release';
import { secondsSince } from '../restarts';
import { takeStock, viewOf, type Stock, type View } from '../stock';

const WITH_VOLUMES = ['postgres', 'kafka', 'mypage'];

async function podsWithVolumes(release: Release): Promise<Pod[]> {
  const pods = await Promise.all(WITH_VOLUMES.map((component) => release.pods(component)));
  return pods.flat();
}

async function viewsOf(release: Release): Promise<Record<string, View>> {
  const views: Record<string, View> = {};
  for (const { name } of await release.pods('mypage')) views[name] = await viewOf(release, name);
  return views;
}

/** What there was, in the words of the report. */
export const inWords = (stock: Stock): string =>
  Object.entries(stock)
    .map(([what, count]) => `${what} ${count.toLocaleString('en')}`)
    .join(', ');

export function same(what: string, before: object, after: object): void {
  if (isDeepStrictEqual(before, after)) return;
  throw new Error(`${what} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`);
}

export const volumes: K8sCase[] = [
  {
    name: 'volumes',
    item: 'ConfigMap and PersistentVolume',
    title: 'all pods of PostgreSQL, Kafka and My page are deleted at once',
    run: async ({ release }) => {
      const { seen } = await underLoad(release, (load) => afterwards(release, load));
      const [stock, views, pods] = [await takeStock(release), await viewsOf(release), await podsWithVolumes(release)];

      const since = performance.now();
      await release.kubectl(['delete', 'pod', ...pods.map(({ name }) => name)]);
      for (const component of WITH_VOLUMES) {
        await untilPods(release, component, pods.filter((pod) => pod.component === component).length);
      }
      const seconds = secondsSince(since);
      const kept = (await podsWithVolumes(release)).filter(({ uid }) => pods.some((pod) => pod.uid === uid));
      if (kept.length > 0) throw new Error(`${kept.map(({ name }) => name).join(', ')} were not deleted`);
      same('the stock', stock, await takeStock(release));
      // A file that was made anew would have another group, and would have been complete only now.
      same("My page's replicas", views, await viewsOf(release));
      return [
        `${pods.length} pods were replaced, and all were ready again after ${seconds}`,
        `rows and messages are the same: ${inWords(stock)}`,
        `the replicas of My page went on with their files: ${Object.values(views)
          .map(({ reservations, timeline }) => `${reservations} reservations and ${timeline} lines of timelines`)
          .join(', ')}`,
        ...seen,
      ];
    },
  },
];
