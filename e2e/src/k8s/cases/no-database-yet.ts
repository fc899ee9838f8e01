import { setTimeout as sleep } from 'node:timers/promises';
import { STORED, type Stored } from '@outerpark/audit/system';
import { run } from '../../deploy/run';
import type { K8sCase, Stage } from '../k8s-case';
import { untilPods } from '../pods';
import { CHART, type Release } from '../release';
import { scale, secondsSince } from '../restarts';
import { SMALL } from '../small';
import { SERVICES } from '../values';

/** Long enough for a pod that ends and is started again to have been started four times. */
const WAIT_MS = 75_000;
const PORTS: Record<Stored, number> = { musical: 8081, reservation: 8082, payment: 8083, notification: 8084 };

/** The release's manifests as somebody without Helm applies them, and of PostgreSQL there is no pod. */
async function manifests(shared: Release, { name, namespace }: Release): Promise<string> {
  const images = JSON.parse(await shared.helm(['get', 'values', shared.name, '-o', 'json'])) as { image?: object };
  const values = JSON.stringify({ ...SMALL, ...(images.image && { image: images.image }) });
  const text = await run('helm', ['template', name, CHART, '-n', namespace, '--skip-tests', '-f', '-'], {
    input: values,
  });
  const documents = text.split(/^---$/m);
  const postgres = documents.findIndex((one) => /^kind: StatefulSet$/m.test(one) && /component: postgres$/m.test(one));
  if (postgres < 0) throw new Error('no StatefulSet of PostgreSQL was rendered');
  documents[postgres] = documents[postgres]!.replace(/^ {2}replicas: 1$/m, '  replicas: 0');
  return documents.join('---');
}

/** What `/readyz` says in a pod, asked from inside it. */
const readyz = (release: Release, pod: string, port: number): Promise<string> =>
  release.exec(pod, ['node', '-e', `fetch('http://127.0.0.1:${port}/readyz').then((a) => a.text()).then(console.log)`]);

async function waits({ another, release: shared, say }: Stage): Promise<string[]> {
  const release = await another('later');
  await release.kubectl(['apply', '-f', '-'], { input: await manifests(shared, release) });
  await sleep(WAIT_MS);

  const told: string[] = [];
  for (const service of STORED) {
    const [pod] = await release.pods(service);
    if (!pod || pod.phase !== 'Running' || pod.ready)
      throw new Error(`${service} does not wait: ${JSON.stringify(pod)}`);
    const ready = await readyz(release, pod.name, PORTS[service]);
    if (!/database/.test(ready)) throw new Error(`/readyz of ${service} does not say what it waits for: ${ready}`);
    const log = await release.kubectl(['logs', pod.name]);
    const line = log.split('\n').find((one) => /waiting/i.test(one) && /database/i.test(one));
    if (line === undefined)
      throw new Error(`the log of ${service} does not say what it waits for: ${log.slice(-2_000)}`);
    told.push(`${service}: ${ready.trim()}`);
    say(`${told.at(-1)}; ${line}`);
  }
  const restarted = (await release.pods()).filter(({ restarts }) => restarts > 0);
  if (restarted.length > 0) throw new Error(`restarted meanwhile: ${restarted.map(({ name }) => name).join(', ')}`);

  await scale(release, 'postgres', 1);
  const since = performance.now();
  for (const service of SERVICES) await untilPods(release, service, 1, 180_000);
  const seconds = secondsSince(since);
  const restarts = (await release.pods()).reduce((sum, pod) => sum + pod.restarts, 0);
  if (restarts > 0) throw new Error(`${restarts} restarts by the end`);
  return [
    `after ${WAIT_MS / 1000} s without it: all pods run, no restart, unready; ${told.at(-1)}`,
    `all were ready ${seconds} after PostgreSQL was, without a restart`,
  ];
}

export const noDatabaseYet: K8sCase = {
  name: 'no-database-yet',
  item: 'Bad input',
  title: 'the manifests applied by kubectl while there is no PostgreSQL, which comes later',
  run: waits,
};
