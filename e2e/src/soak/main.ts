import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '@outerpark/chassis/http/client';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { auditOnce, keepAuditing } from './audits';
import { HELP, readOptions, type SoakOptions } from './config';
import { gatherCustomers } from './customers';
import { watchLag } from './lag';
import { measureCapacity, openLoop } from './load';
import { watchNotices } from './notices';
import { charts, machine, placedIn, reported, type Soak } from './report';
import { startSampling } from './samples';
import { openStores } from './stores';
import type { LocalSystem } from '../local-system';
import { keptMinutes, startSoakedSystem } from './system';
import { sampleTables, sqliteBytes, vacuum } from './tables';
import { judge } from './verdict';

const WHOLE_WITHIN_MS = 120_000;
const AUDITS = 10;

const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`);

async function soak(options: SoakOptions, system: LocalSystem): Promise<Soak> {
  const { minutes, root, home } = options;
  const { run, env } = system;
  const stores = openStores(run);
  const notices = watchNotices(stores);
  const http = createHttpClient({ baseUrls: [run.gateway], timeoutMs: 15_000, pool: 256 });
  const lag = watchLag(run, stores);
  try {
    const startedAt = new Date().toISOString();
    const customers = await gatherCustomers(system, http, notices);
    const capacity = await measureCapacity(customers, say);
    const rate = options.rate ?? Math.max(...capacity.map((step) => step.wholePerSecond)) / 2;
    say(`${rate.toFixed(1)} sagas a second for ${minutes} minutes`);

    const over = new AbortController();
    const sampling = startSampling(home, stores, lag, customers);
    const auditing = keepAuditing(root, env, (minutes * 60_000) / AUDITS, say, over.signal);
    await openLoop(customers, rate, minutes * 60_000);
    over.abort();
    const samples = await sampling.stop();
    const audits = await auditing;
    await eventually(
      () => {
        if (customers.open() > 0) throw new Error(`${customers.open()} sagas are not whole`);
      },
      { withinMs: WHOLE_WITHIN_MS, everyMs: 200 },
    );
    audits.push({ at: minutes * 60, ...(await auditOnce(root, env)) });
    await vacuum(stores);
    const [{ count }] = (await stores.query<{ count: number }>(
      'reservation',
      'SELECT count(*)::int AS count FROM reservation',
    )) as [{ count: number }];
    const vacuumed = {
      tables: await sampleTables(stores),
      reservations: count,
      sqliteBytes: sqliteBytes(run.mypageDirs),
    };
    const verdicts = judge(samples, audits);
    return {
      startedAt,
      machine: machine(),
      minutes,
      keptMinutes: keptMinutes(minutes),
      capacity,
      rate,
      samples,
      audits,
      vacuumed,
      verdicts,
    };
  } finally {
    await notices.stop();
    await http.close();
    await lag.close();
    await stores.close();
  }
}

function write(options: SoakOptions, result: Soak): void {
  const docs = options.docs ? join(options.root, 'docs') : options.home;
  mkdirSync(join(docs, 'images'), { recursive: true });
  for (const [name, image] of Object.entries(charts(result))) writeFileSync(join(docs, 'images', name), image);
  writeFileSync(join(docs, 'soak.json'), `${JSON.stringify(result, hundredths)}\n`);
  const page = join(docs, 'reliability.md');
  if (options.docs) writeFileSync(page, placedIn(readFileSync(page, 'utf8'), reported(result)));
  else writeFileSync(page, reported(result));
  say(`written: ${page}`);
}

/** A thousand samples of a hundred figures each need no sixteen digits. */
const hundredths = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 100) / 100 : value;

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  say(`OuterPark starts in ${options.home}`);
  const system = await startSoakedSystem(options);
  const interrupted = () => void system.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const result = await soak(options, system);
    for (const { what, ok, said } of result.verdicts) console.log(`${ok ? '✓' : '✗'} ${what}: ${said}`);
    write(options, result);
    return result.verdicts.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await system.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
