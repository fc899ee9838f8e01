import { errorMessage } from '@outerpark/chassis/errors';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { inherited } from '../config';
import { run } from '../deploy/run';
import { allCases } from './cases/all';
import { ensureNamespace, removeNamespace } from './namespace';
import { HELP, readOptions, type Options } from './options';
import { releaseIn, type Where } from './release';
import { addToReport, type Cluster } from './report';
import { runCase, type Row } from './run-case';
import { BASE } from './values';

const RELEASE = 'outerpark';
const say = (text: string): void => console.log(text.replace(/^/gm, '        '));

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help || options.list) {
    console.log(options.help ? HELP : allCases.map(({ name, title }) => `${name.padEnd(20)}${title}`).join('\n'));
    return 0;
  }
  const env = inherited();
  const where: Where = {
    namespace: options.namespace,
    name: RELEASE,
    tag: env.IMAGE_TAG || undefined,
    gatewayUrl: env.GATEWAY_URL?.replace(/\/+$/, '') || undefined,
  };
  const cluster = await look();
  console.log(`Kubernetes ${cluster.version}, in the namespace ${where.namespace}`);
  await ensureNamespace(where.namespace);
  try {
    return await Promise.race([runAll(options, where, cluster), interruption()]);
  } finally {
    if (!options.keep) await clear(where);
  }
}

async function runAll({ cases, report }: Options, where: Where, cluster: Cluster): Promise<number> {
  const order = allCases.map(({ name }) => name);
  const rows: Row[] = [];
  // The first case installs it from nothing, unless it is not among them.
  let asItShouldBe = cases[0]?.name === order[0];
  for (const one of cases) {
    if (!asItShouldBe) say(await releaseIn(where).deploy([BASE]));
    const row = await runCase(one, where, say);
    asItShouldBe = row.ok;
    rows.push(row);
    console.log(`${row.ok ? 'ok     ' : 'FAILED '} ${row.item}: ${row.title} (${row.seconds.toFixed(0)} s)`);
    for (const what of row.seen) console.log(`        ${row.ok ? '-' : '✗'} ${what}`);
    if (report) await addToReport(report, row, cluster, order);
  }
  const failed = rows.filter(({ ok }) => !ok).length;
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Throws CannotStart when there is no cluster to be seen. */
async function look(): Promise<Cluster> {
  try {
    const version = JSON.parse(await run('kubectl', ['version', '-o', 'json'])) as {
      serverVersion: { gitVersion: string };
    };
    const nodes = (await run('kubectl', ['get', 'nodes', '-o', 'name'])).trim().split('\n');
    await run('helm', ['version', '--short']);
    return { version: version.serverVersion.gitVersion, nodes: nodes.length };
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    throw new CannotStart(`No cluster is reached by KUBECONFIG: ${errorMessage(error)}`);
  }
}

/** Also when a case has failed or somebody has interrupted: what was installed must not stay. */
async function clear({ namespace, name }: Where): Promise<void> {
  console.log(`Taking away ${name} and the namespace ${namespace}`);
  await run('helm', ['-n', namespace, 'uninstall', name, '--wait', '--ignore-not-found']);
  await removeNamespace(namespace);
}

const interruption = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new CannotStart('Interrupted.')));
  });

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exit(1);
  },
);
