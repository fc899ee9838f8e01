import type { Stored } from '@outerpark/audit/system';
import type { Outcome, ProviderLedger } from '../faults/checks/ledger';
import type { Release } from './release';

/** Rows of a service's database in the bundled PostgreSQL, read by psql in its pod. */
export async function query<Row>(release: Release, service: Stored, sql: string): Promise<Row[]> {
  const json = `SELECT coalesce(json_agg(row), '[]') FROM (${sql}) AS row`;
  return JSON.parse(await psql(release, service, json)) as Row[];
}

/** Runs statements in a service's database as the superuser. */
export async function psql(release: Release, service: Stored, sql: string): Promise<string> {
  const who = ['--host=/var/run/postgresql', '--username=postgres', `--dbname=${service}`];
  const command = ['psql', ...who, '-v', 'ON_ERROR_STOP=1', '-XAqt', '-c', sql];
  return release.exec(await theOne(release, 'postgres'), command);
}

/** All reservations, from their service's own table. */
export const readOutcomes = (release: Release): Promise<Outcome[]> =>
  query(
    release,
    'reservation',
    `SELECT id, customer_id AS "customerId", status, price::int AS price, version FROM reservation`,
  );

/** What the bundled payment provider has in its books. */
export const readLedger = async (release: Release): Promise<ProviderLedger> =>
  JSON.parse(
    await fetchIn(release, await theOne(release, 'simulator'), 'http://127.0.0.1:8090/ledger'),
  ) as ProviderLedger;

/** Switches the bundled provider's faults; none without an argument. */
export async function provider(release: Release, faults: Record<string, unknown> = {}): Promise<void> {
  await fetchIn(release, await theOne(release, 'simulator'), 'http://127.0.0.1:8090/faults', faults);
}

/** The value of a metric of one pod: the sum over its labels, or over those that contain `label`; 0 when there is none. */
export async function metricIn(release: Release, pod: string, name: string, label = ''): Promise<number> {
  const text = await fetchIn(release, pod, 'http://127.0.0.1:9090/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** From inside a pod of ours, GETs a URL, or PUTs a body there. Throws on a status of 400 and above. */
export const fetchIn = (release: Release, pod: string, url: string, body?: unknown): Promise<string> =>
  release.exec(pod, ['node', '-e', FETCH, '--', url, ...(body === undefined ? [] : [JSON.stringify(body)])]);

const FETCH = `
const [url, body] = process.argv.slice(1);
const how = body === undefined ? {} : { method: 'PUT', headers: { 'content-type': 'application/json' }, body };
fetch(url, how).then(async (answer) => {
  process.stdout.write(await answer.text());
  if (!answer.ok) throw new Error(url + ' was answered by ' + answer.status);
});
`;

async function theOne(release: Release, component: string): Promise<string> {
  const pod = (await release.pods(component)).find(({ ready }) => ready);
  if (pod === undefined) throw new Error(`no pod of ${component} is ready`);
  return pod.name;
}
