import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { afterwards } from '../checks/afterwards';
import type { K8sCase, Stage } from '../k8s-case';
import type { Load } from '../load/load';
import type { Tally } from '../load/tally';
import { underLoad } from '../load/under-load';
import type { Release } from '../release';
import { disturbed, scale, secondsSince } from '../restarts';
import { query } from '../stores';

const OUTAGE_MS = 60_000;
/** Whoever suffers from it has been seen to by then. */
const LATER_MS = 5_000;
const RECOVERY_MS = 60_000;

interface Outage {
  /** Of what was sent while it was away. */
  meanwhile: Tally;
  /** By the clock of the reservation service's database. */
  from: string;
  to: string;
  /** From when it was ready to when somebody had reserved. */
  recovered: string;
}

/** Takes a bundled server away for a minute. Throws when another pod was restarted or replaced by it. */
async function takeAway({ release, say }: Stage, load: Load, component: string): Promise<Outage> {
  const before = (await release.pods()).filter((pod) => pod.component !== component);
  const from = await now(release);
  const times = { begun: 0, ended: 0 };
  try {
    await scale(release, component, 0);
    times.begun = Date.now();
    say(`${component} is away`);
    await sleep(OUTAGE_MS);
    times.ended = Date.now();
  } finally {
    await scale(release, component, 1);
  }
  const [ready, readyAt] = [performance.now(), Date.now()];
  await untilAccepted(load, readyAt);
  const recovered = secondsSince(ready);
  say(`${component} is back, and somebody has reserved ${recovered} later`);
  await sleep(LATER_MS);
  const touched = disturbed(before, await release.pods());
  if (touched.length > 0) throw new Error(touched.join(', '));
  return { meanwhile: load.tally(times.begun, times.ended), from, to: await now(release), recovered };
}

async function now(release: Release): Promise<string> {
  const [row] = await query<{ now: string }>(release, 'reservation', 'SELECT clock_timestamp() AS now');
  return row!.now;
}

const untilAccepted = (load: Load, since: number): Promise<void> =>
  eventually(
    () => {
      const { answers } = load.tally(since);
      if (!answers['201']) throw new Error(`nobody can reserve: ${JSON.stringify(answers)}`);
    },
    { withinMs: RECOVERY_MS, everyMs: 100 },
  );

const answersOf = ({ requests, answers }: Tally): string =>
  `meanwhile ${requests} requests: ${Object.entries(answers)
    .sort(([, a], [, b]) => b - a)
    .map(([answer, count]) => `${count} × ${answer}`)
    .join(', ')}`;

const database: K8sCase = {
  name: 'database-outage',
  item: 'Self-healing (liveness)',
  title: 'PostgreSQL is away for 60 s',
  run: (stage) =>
    underLoad(stage.release, async (load) => {
      const { meanwhile, recovered } = await takeAway(stage, load, 'postgres');
      if (!meanwhile.answers['200']) throw new Error(`nobody could read My page: ${answersOf(meanwhile)}`);
      return [
        'no pod was restarted or replaced',
        answersOf(meanwhile),
        `somebody had reserved ${recovered} after it was ready again`,
        ...(await afterwards(stage.release, load, { whole: false })).seen,
      ];
    }),
};

const kafka: K8sCase = {
  name: 'kafka-outage',
  item: 'Self-healing (liveness)',
  title: 'Kafka is away for 60 s',
  run: (stage) =>
    underLoad(stage.release, async (load) => {
      const { meanwhile, from, to } = await takeAway(stage, load, 'kafka');
      const { failed, answers } = meanwhile;
      if (failed > 0 || !answers['201']) throw new Error(answersOf(meanwhile));
      const { seen } = await afterwards(stage.release, load);
      const unpaid = await query(
        stage.release,
        'reservation',
        `SELECT id FROM reservation
         WHERE created_at BETWEEN '${from}' AND '${to}' AND confirmed_at IS NULL AND status <> 'cancelled'`,
      );
      if (unpaid.length > 0) throw new Error(`${unpaid.length} reservations of the outage were never paid`);
      return [
        `${answers['201']} reservations were accepted meanwhile, and all were paid afterwards, or cancelled by their customers`,
        'no pod was restarted or replaced',
        answersOf(meanwhile),
        ...seen,
      ];
    }),
};

export const outages: K8sCase[] = [database, kafka];
