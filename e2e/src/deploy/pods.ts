import { z } from 'zod';
import { run } from './run';

const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.int(),
  state: z.object({
    waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    running: z.object({}).optional(),
    terminated: z.object({ reason: z.string().optional(), exitCode: z.int() }).optional(),
  }),
});
const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
      status: z.object({
        phase: z.string(),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
          .default([]),
        initContainerStatuses: z.array(containerStatus).default([]),
        containerStatuses: z.array(containerStatus).default([]),
      }),
    }),
  ),
});
export type PodList = z.infer<typeof podList>;
type ContainerStatus = z.infer<typeof containerStatus>;

export interface Trouble {
  pod: string;
  /** Whose log may tell more; undefined when nothing has run yet. */
  container: string | undefined;
  says: string;
}

/** Which pods are not ready, and what Kubernetes says of each. */
export function troubles({ items }: PodList): Trouble[] {
  return items
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== 'Succeeded')
    .flatMap(({ metadata: { name: pod }, status }) => {
      const unscheduled = status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
      if (unscheduled) return [{ pod, container: undefined, says: `is not scheduled: ${unscheduled.message}` }];
      const unfinished = status.initContainerStatuses.filter(({ state }) => state.terminated?.exitCode !== 0);
      return [...unfinished, ...(unfinished.length > 0 ? [] : status.containerStatuses)]
        .filter(({ ready }) => !ready)
        .map((container) => ({
          pod,
          container: hasRun(container) ? container.name : undefined,
          says: told(container),
        }));
    });
}

const hasRun = ({ state, restartCount }: ContainerStatus): boolean => !state.waiting || restartCount > 0;

function told({ state: { waiting, terminated }, restartCount }: ContainerStatus): string {
  const again = restartCount > 0 ? `, started ${restartCount + 1} times` : '';
  if (waiting) return `waits: ${[waiting.reason, waiting.message].filter(Boolean).join(': ')}${again}`;
  if (terminated)
    return `ended with ${terminated.exitCode}${terminated.reason ? ` (${terminated.reason})` : ''}${again}`;
  return `runs and is not ready${again}`;
}

const LOG_LINES = 8;

/** What of a release is not ready, with what Kubernetes warns of and the last lines of its log. The audit of an hour ago does not count. */
export async function whatIsNotReady(release: string, namespace: string): Promise<string[]> {
  const labels = `app.kubernetes.io/instance=${release},app.kubernetes.io/component!=audit`;
  const pods = podList.parse(
    JSON.parse(await run('kubectl', ['get', 'pods', '-n', namespace, '-l', labels, '-o', 'json'])),
  );
  const lines: string[] = [];
  for (const { pod, container, says } of troubles(pods)) {
    lines.push(`${pod} ${says}`, ...indented(await warnings(pod, namespace)));
    if (container === undefined) continue;
    const log = ['logs', pod, '-n', namespace, '-c', container, `--tail=${LOG_LINES}`];
    lines.push(...indented(await run('kubectl', log).catch((error: Error) => error.message)));
  }
  return lines;
}

const warnings = (pod: string, namespace: string): Promise<string> => {
  const of = `--field-selector=type=Warning,involvedObject.name=${pod}`;
  const line = '{range .items[*]}{.reason}: {.message}{"\\n"}{end}';
  return run('kubectl', ['get', 'events', '-n', namespace, of, '-o', `jsonpath=${line}`]);
};

const indented = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `  ${line}`);
