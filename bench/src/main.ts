import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalSystem } from '@outerpark/e2e/local-system';
import { auditOnce } from '@outerpark/e2e/soak/audits';
import { machine } from '@outerpark/e2e/soak/report';
import { HELP, readOptions, type BenchOptions } from './config';
import { costs } from './cost';
import { page, type Bench } from './report';
import { scenarios } from './scenarios/all';
import { setStage } from './stage';

const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`);

async function bench(options: BenchOptions): Promise<Bench> {
  const wanted = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const place = { home: options.home, portOffset: options.portOffset, root: options.root, env: options.env };
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
      audit: { ok: false, breaches: [] },
    };
    const stage = await setStage(system, options.quick);
    for (const scenario of wanted) {
      say(scenario.title);
      const found = await scenario.run(stage, system);
      Object.assign(stage.figures, found.figures);
      result.found.push({ ...scenario, ...found });
      for (const [name, figure] of Object.entries(found.figures)) say(`    ${name} ${figure.toPrecision(4)}`);
    }
    await stage.settled();
    say('the audit');
    result.audit = await auditOnce(options.root, system.env);
    say(result.audit.ok ? 'all invariants hold' : result.audit.breaches.join('; '));
    return result;
  } finally {
    await system.stop();
  }
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
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'performance.json'), `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(join(dir, 'performance.md'), page(result));
  say(`written: ${join(dir, 'performance.md')}`);
  return result.audit.ok ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
