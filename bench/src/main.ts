import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalSystem } from '@outerpark/e2e/local-system';
import { auditOnce } from '@outerpark/e2e/soak/audits';
import { machine } from '@outerpark/e2e/soak/report';
import { losses, readBaseline, writeBaseline, type Loss } from './baseline';
import { barChart } from './chart';
import { HELP, readOptions, type BenchOptions } from './config';
import { costs } from './cost';
import { page, type Bench } from './report';
import { scenarios } from './scenarios/all';
import { floors } from './scenarios/floors';
import type { Found, Scenario } from './scenarios/scenario';
import { setStage } from './stage';

const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`);

/** The simulator takes any number of calls, so that what is measured is ours. */
const SETTINGS = { PROVIDER_RATE: '2000' };

async function bench(options: BenchOptions): Promise<Bench> {
  const wanted = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const env = { ...options.env, ...SETTINGS };
  const place = { home: options.home, portOffset: options.portOffset, root: options.root, env };
  say(`OuterPark starts in ${options.home}`);
  const first = await startLocalSystem({ ...place, fresh: true });
  await first.stop();
  const system = await startLocalSystem({ ...place, fresh: false });
  const interrupted = () => void system.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const result: Bench = {
      startedAt: new Date().toISOString(),
      machine: machine(),
      quick: options.quick,
      firstStartMs: first.readyMs,
      startMs: system.readyMs,
      idle: await costs(system.run),
      found: [],
      losses: [],
      audit: { ok: false, breaches: [] },
    };
    const stage = await setStage(system, options.quick);
    const run = async (scenario: Scenario) => {
      say(scenario.title);
      const found = await scenario.run(stage, system);
      Object.assign(stage.figures, found.figures);
      for (const [name, figure] of Object.entries(found.figures)) say(`    ${name} ${figure.toPrecision(4)}`);
      return { ...scenario, ...found };
    };
    for (const scenario of wanted) result.found.push(await run(scenario));
    if (options.quick && !options.baseline) result.losses = await lostTwice(result, run, baselineFile(options));
    await stage.settled();
    say('the audit');
    result.audit = await auditOnce(options.root, system.env);
    say(result.audit.ok ? 'all invariants hold' : result.audit.breaches.join('; '));
    return result;
  } finally {
    await system.stop();
  }
}

const baselineFile = ({ root }: BenchOptions): string => join(root, 'bench/baseline.json');

/** What is lost against the baseline, and again when the floors and its scenario have run once more: a machine has bad moments. */
async function lostTwice({ found }: Bench, run: (scenario: Scenario) => Promise<Found>, file: string): Promise<Loss[]> {
  const baseline = readBaseline(file);
  const lost = scenarios.filter(({ name }) =>
    found.some((one) => one.name === name && losses(baseline, one.figures).length > 0),
  );
  if (lost.length === 0) return [];
  say(`less than two fifths of the baseline: ${lost.map(({ name }) => name).join(', ')}; once more`);
  await run(floors);
  const again: Loss[] = [];
  for (const scenario of lost) again.push(...losses(baseline, (await run(scenario)).figures));
  return again;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.list) {
    for (const { name, what } of scenarios) console.log(`${name.padEnd(14)}${what}`);
    return 0;
  }
  const result = await bench(options);
  const dir = options.docs ? join(options.root, 'docs') : options.home;
  mkdirSync(join(dir, 'performance'), { recursive: true });
  writeFileSync(join(dir, 'performance.json'), `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(join(dir, 'performance.md'), page(result));
  const charts = result.found.flatMap((found) => found.charts ?? []);
  for (const chart of charts) writeFileSync(join(dir, 'performance', `${chart.file}.svg`), barChart(chart));
  say(`written: ${join(dir, 'performance.md')}`);
  if (options.baseline) {
    const figures = result.found.map((found) => found.figures);
    writeBaseline(baselineFile(options), Object.assign({}, ...figures) as Record<string, number>);
  }
  for (const { name, was, is } of result.losses) say(`lost: ${name} was ${was}, is ${is.toPrecision(3)}`);
  return result.audit.ok && result.losses.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
