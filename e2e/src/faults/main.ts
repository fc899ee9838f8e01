import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { allCases } from './cases/all';
import { HELP, readOptions } from './options';
import { addToReport } from './report';
import { runCase, type Row } from './run-case';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help || options.list) {
    console.log(options.help ? HELP : allCases.map(({ name, title }) => `${name.padEnd(34)}${title}`).join('\n'));
    return 0;
  }
  const { cases, seed, report } = options;
  const root = mkdtempSync(join(tmpdir(), 'outerpark-faults-'));
  chmodSync(root, 0o755);
  console.log(`Seed ${seed}, in ${root}`);

  const order = allCases.map(({ name }) => name);
  const rows: Row[] = [];
  for (const one of cases) {
    const home = join(root, one.name);
    const row = await runCase(one, { home, seed, say: (text) => console.log(`        ${text}`) });
    rows.push(row);
    tell(row, home);
    if (report) await addToReport(report, row, seed, order);
  }
  const failed = rows.filter(({ ok }) => !ok).length;
  if (failed === 0) rmSync(root, { recursive: true, force: true });
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function tell(row: Row, home: string): void {
  const { ok, title, requests, accepted, leastInFlight, secondsUntilSettled, seconds, breaches } = row;
  console.log(
    `${ok ? 'ok     ' : 'FAILED '} ${title}: ${requests} requests, ${accepted} accepted, at least ${leastInFlight} in flight, settled in ${secondsUntilSettled.toFixed(1)} s (${seconds.toFixed(0)} s)`,
  );
  for (const breach of breaches) console.log(`        ✗ ${breach}`);
  if (!ok) console.log(`        logs and stores: ${home}`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exit(1);
  },
);
