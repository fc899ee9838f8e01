import { setTimeout as sleep } from 'node:timers/promises';
import { inherited } from '../../config';
import { afterwards } from '../checks/afterwards';
import type { K8sCase, Stage } from '../k8s-case';
import type { Load } from '../load/load';
import { told } from '../load/tally';
import { underLoad } from '../load/under-load';
import { nextVersion, type NextVersion } from '../next-version';
import { untilPods, type Pod } from '../pods';
import { releaseIn, type Release } from '../release';
import { refusal } from '../refusal';
import { disturbed, secondsSince } from '../restarts';
import { query } from '../stores';
import { BASE, SERVICES } from '../values';

const LATER_MS = 3_000;

const tagOf = ({ image }: Pod): string => image.slice(image.lastIndexOf(':') + 1);

async function tagIn({ pods }: Release): Promise<string> {
  const [gateway] = await pods('gateway');
  if (!gateway) throw new Error('there is no gateway');
  return tagOf(gateway);
}

/** Of the chart that runs: its number and its version. */
async function deployed({ helm, name }: Release): Promise<{ revision: number; chart: string }> {
  const history = JSON.parse(await helm(['history', name, '-o', 'json'])) as {
    revision: number;
    status: string;
    chart: string;
  }[];
  const runs = history.findLast(({ status }) => status === 'deployed');
  if (!runs) throw new Error(`no revision of ${name} is deployed`);
  return runs;
}

async function hasColumn(release: Release, column: string): Promise<boolean> {
  const sql = `SELECT 1 FROM information_schema.columns WHERE table_name = 'reservation' AND column_name = '${column}'`;
  return (await query(release, 'reservation', sql)).length > 0;
}

/** Throws unless every pod of the services was replaced. */
async function allReplaced(release: Release, before: Pod[]): Promise<void> {
  for (const service of SERVICES) {
    const now = await untilPods(release, service, 2);
    const old = now.filter(({ uid }) => before.some((pod) => pod.uid === uid));
    if (old.length > 0) throw new Error(`${old.map(({ name }) => name).join(', ')} of ${service} were not replaced`);
  }
}

/** The version to come from: PREVIOUS_CHART (a folder or a packed chart) with the images' PREVIOUS_TAG, or else this one. */
async function goToPrevious(release: Release): Promise<void> {
  const { PREVIOUS_CHART: chart, PREVIOUS_TAG: tag } = inherited();
  if (!chart || !tag) return;
  const previous = releaseIn({ namespace: release.namespace, name: release.name, tag, gatewayUrl: undefined });
  await previous.deploy([BASE], { chart });
}

async function upgradeAndBack({ release, say }: Stage, load: Load, next: NextVersion): Promise<string[]> {
  const was = await deployed(release);
  const [old, since] = [await release.pods(), performance.now()];
  await release.deploy([BASE, next.values], { chart: next.chart, smoke: false });
  const upgraded = secondsSince(since);
  const { chart } = await deployed(release);
  await allReplaced(release, old);
  if (!(await hasColumn(release, 'next_version'))) throw new Error('the migration was not done');
  say(`upgraded to ${chart} in ${upgraded}`);

  const [young, back] = [await release.pods(), performance.now()];
  await release.helm(['rollback', release.name, String(was.revision), '--wait', '--timeout', '5m']);
  const rolledBack = secondsSince(back);
  await allReplaced(release, young);
  say(`rolled back to ${was.chart} in ${rolledBack}`);
  await sleep(LATER_MS);
  return [
    `upgraded from ${was.chart} to ${chart} in ${upgraded}, every pod replaced, a column added by its migration`,
    `rolled back to ${was.chart} in ${rolledBack}, on the schema of the later version`,
    ...(await afterwards(release, load)).seen,
  ];
}

/** An upgrade that has to be refused, with PostgreSQL's reason, while nothing changes. */
async function refused({ release, say }: Stage, load: Load, next: NextVersion): Promise<string[]> {
  const was = await deployed(release);
  const [before, since] = [await release.pods(), performance.now()];
  const said = await refusal('a failing migration', release.deploy([BASE, next.values], { chart: next.chart }));
  const seconds = secondsSince(since);
  say(said);
  if (!said.includes('division by zero')) throw new Error(`the reason is not told: ${said}`);
  const touched = disturbed(before, await release.pods());
  if (touched.length > 0) throw new Error(touched.join(', '));
  if (await hasColumn(release, 'half_done')) throw new Error('a half of the migration was left');
  const { chart } = await deployed(release);
  if (chart !== was.chart) throw new Error(`${chart} is deployed, and not ${was.chart}`);
  await sleep(LATER_MS);
  const { result, seen } = await afterwards(release, load);
  // Which also takes the job away that failed: it is kept to be looked at.
  await release.deploy([BASE], { smoke: false });
  return [
    `refused after ${seconds}, with PostgreSQL's reason ("division by zero"); no half of the migration was left`,
    `no pod of ${was.chart} was replaced or restarted, meanwhile ${told(result)}; the next upgrade went through`,
    ...seen.slice(1),
  ];
}

/** With the next version of the services in this release, and customers. */
async function toNext(
  stage: Stage,
  [version, migration]: [version: string, migration: string],
  work: (stage: Stage, load: Load, next: NextVersion) => Promise<string[]>,
): Promise<string[]> {
  const next = nextVersion(version, await tagIn(stage.release), migration);
  try {
    return await underLoad(stage.release, (load) => work(stage, load, next));
  } finally {
    next.remove();
  }
}

const MIGRATION = 'ALTER TABLE reservation ADD COLUMN next_version text';
const FAILING = 'ALTER TABLE reservation ADD COLUMN half_done text; SELECT 1 / 0';

export const versions: K8sCase[] = [
  {
    name: 'upgrade-rollback',
    item: 'Zero-downtime deploy (readiness)',
    title: 'helm upgrade to another version of the chart, with a migration, and helm rollback, under load',
    run: async (stage) => {
      await goToPrevious(stage.release);
      return toNext(stage, ['99.0.0', MIGRATION], upgradeAndBack);
    },
  },
  {
    name: 'failing-migration',
    item: 'Zero-downtime deploy (readiness)',
    title: 'an upgrade whose migration fails, under load',
    run: (stage) => toNext(stage, ['99.0.1', FAILING], refused),
  },
];
