import { setTimeout as sleep } from 'node:timers/promises';
import type { Release } from './release';

export interface Pod {
  name: string;
  component: string;
  uid: string;
  ip: string;
  phase: string;
  ready: boolean;
  /** How often its containers were started again. */
  restarts: number;
  /** When its container was started last, in milliseconds since 1970; undefined: not yet. */
  startedAt: number | undefined;
  /** It was told to go. */
  deleting: boolean;
  image: string;
}

interface Listed {
  items: {
    metadata: {
      name: string;
      uid: string;
      labels: Record<string, string>;
      creationTimestamp: string;
      deletionTimestamp?: string;
    };
    spec: { containers: { image: string }[] };
    status: {
      phase: string;
      podIP?: string;
      conditions?: { type: string; status: string }[];
      containerStatuses?: { restartCount: number; state: { running?: { startedAt: string } } }[];
    };
  }[];
}

export async function podsOf(kubectl: Release['kubectl'], release: string, component?: string): Promise<Pod[]> {
  const one = component === undefined ? '' : `,app.kubernetes.io/component=${component}`;
  const args = ['get', 'pods', '-l', `app.kubernetes.io/instance=${release}${one}`, '-o', 'json'];
  const { items } = JSON.parse(await kubectl(args)) as Listed;
  return items
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
    .map(({ metadata, spec, status }) => {
      const [container] = status.containerStatuses ?? [];
      const startedAt = container?.state.running?.startedAt;
      return {
        name: metadata.name,
        component: metadata.labels['app.kubernetes.io/component'] ?? '',
        uid: metadata.uid,
        ip: status.podIP ?? '',
        phase: status.phase,
        ready: status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
        restarts: container?.restartCount ?? 0,
        startedAt: startedAt === undefined ? undefined : Date.parse(startedAt),
        deleting: metadata.deletionTimestamp !== undefined,
        image: spec.containers[0]?.image ?? '',
      };
    });
}

/** Waits until a component has so many pods, each ready and none on its way out. Throws with what it has instead. */
export async function untilPods(
  { pods }: Release,
  component: string,
  count: number,
  withinMs = 120_000,
): Promise<Pod[]> {
  for (const until = performance.now() + withinMs; ; await sleep(500)) {
    const found = await pods(component);
    if (found.length === count && found.every(({ ready, deleting }) => ready && !deleting)) return found;
    if (performance.now() > until) {
      const seen = found.map(
        ({ name, phase, ready, deleting }) => `${name} is ${deleting ? 'on its way out' : ready ? 'ready' : phase}`,
      );
      throw new Error(`${component} has not ${count} ready pods: ${seen.join(', ') || 'none'}`);
    }
  }
}
