import { setTimeout as sleep } from 'node:timers/promises';
import { afterwards } from '../checks/afterwards';
import { CRASH, evaluateIn, HANG } from '../inspector';
import type { K8sCase, Stage } from '../k8s-case';
import type { Load } from '../load/load';
import { isGood } from '../load/tally';
import { underLoad } from '../load/under-load';
import type { Pod } from '../pods';
import type { Release } from '../release';
import { secondsSince, untilRestarted } from '../restarts';
import { SERVICES } from '../values';

const BEHIND_THE_GATEWAY = SERVICES.filter((service) => service !== 'gateway');
/** Until every answer that was waited for has come. */
const ANSWER_MS = 15_000;

/** Does it to one of two pods of a component. */
async function harm(release: Release, component: string, expression: string): Promise<Pod> {
  const [pod, other] = await release.pods(component);
  if (!pod || !other) throw new Error(`${component} has no two pods`);
  await evaluateIn(release, pod.name, expression);
  return pod;
}

/** Throws when anybody who came later than `noticedMs` after it had no good answer. */
async function harmAll(release: Release, load: Load, components: readonly string[], how: Harm): Promise<string> {
  const begun = Date.now();
  const pods = await Promise.all(components.map((component) => harm(release, component, how.expression)));
  const [done, harmed] = [performance.now(), Date.now()];
  const took = await Promise.all(
    pods.map(async (pod) => {
      await untilRestarted(release, pod);
      return `${pod.component} ${secondsSince(done)}`;
    }),
  );
  const ended = Date.now();
  await sleep(ANSWER_MS);
  const noticed = harmed + how.noticedMs;
  const [first, then] = [load.tally(begun, noticed), load.tally(noticed, ended)];
  const seconds = how.noticedMs / 1000;
  if (then.failed > 0) {
    const { outcomes } = await load.stop();
    const late = outcomes.filter((one) => one.sentAt >= noticed && one.sentAt < ended && !isGood(one));
    throw new Error(
      `${then.failed} of ${then.requests} requests failed later than ${seconds} s: ${late
        .slice(0, 10)
        .map(({ sentAt, call, answer, tookMs }) => `${call} ${sentAt - harmed} ms later: ${answer} after ${tookMs} ms`)
        .join(', ')}`,
    );
  }
  return `ready again: ${took.join(', ')}; ${first.failed} of the ${first.requests} requests of the first ${seconds} s had no good answer, none of the ${then.requests} afterwards`;
}

interface Harm {
  expression: string;
  noticedMs: number;
}

/** The gateway's own customers are sent elsewhere by the cluster only, so it has a turn and a limit of its own. */
const harmInTurn = ({ release, say }: Stage, expression: string, noticedMs: { services: number; gateway: number }) =>
  underLoad(release, async (load) => {
    const seen = [
      await harmAll(release, load, BEHIND_THE_GATEWAY, { expression, noticedMs: noticedMs.services }),
      await harmAll(release, load, ['gateway'], { expression, noticedMs: noticedMs.gateway }),
    ];
    for (const line of seen) say(line);
    return [...seen, ...(await afterwards(release, load, { whole: false })).seen];
  });

export const selfHealing: K8sCase[] = [
  {
    name: 'hung-event-loop',
    item: 'Self-healing (liveness)',
    title: 'the event loop of one of two pods of each service stands still for ever, and then that of a gateway',
    // The gateway asks each replica every half second, but a transaction that stands still with its process keeps the seats' rows
    // locked until PostgreSQL ends it, after 5 s. The cluster takes a pod out of a Service after three probes of up to 5 s.
    run: (stage) => harmInTurn(stage, HANG, { services: 6_000, gateway: 25_000 }),
  },
  {
    name: 'crashed-process',
    item: 'Self-healing (liveness)',
    title: 'the process of one of two pods of each service aborts, and then that of a gateway',
    run: (stage) => harmInTurn(stage, CRASH, { services: 2_000, gateway: 5_000 }),
  },
];
