import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { commit } from './evidence';
import type { Row } from './run-case';

/** A row with when and at which commit it was seen. */
interface SeenRow extends Row {
  at: string;
  commit: string;
  seed: number;
}

/** Puts a row into `<file>.json` for programs and `<file>.md` for people, in place of what was seen of that case before. */
export async function addToReport(file: string, row: Row, seed: number, order: string[]): Promise<void> {
  const json = `${file}.json`;
  const before = existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as { cases: SeenRow[] }).cases : [];
  const seen: SeenRow = { ...row, at: new Date().toISOString(), commit: await commit(), seed };
  const cases = [...before.filter(({ name }) => name !== row.name), seen].sort(
    (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
  );
  writeFileSync(json, `${JSON.stringify({ machine: machine(), cases }, null, 2)}\n`);
  writeFileSync(`${file}.md`, asMarkdown(cases, order));
}

const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;

function asMarkdown(rows: SeenRow[], order: string[]): string {
  const passed = rows.filter(({ ok }) => ok).length;
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0).toLocaleString('en');
  const missing = order.filter((name) => !rows.some((row) => row.name === name));
  return `# What the fault suite saw

Written by \`npm run test:faults\`, a row for each case when it was last run, on ${machine()}.

${passed} of ${rows.length} cases passed: ${sum(({ requests }) => requests)} requests, ${sum(({ accepted }) => accepted)} reservations accepted, in ${Math.round(rows.reduce((total, { seconds }) => total + seconds, 0) / 60)} minutes. Every
case has processes, stores and topics of its own: two replicas of each service and two gateways. At least 50 requests were in flight throughout (reserve, cancel, pay
again, read). *Settled* is the time from the end of the faults and of the load until nothing was under way any more; then the audit (I1 to I7), the provider's
ledger against what the load was told, and what customers see on My page had to be right, and no answer may have been \`internal-error\`.
${missing.length > 0 ? `\nNot run yet: ${missing.join(', ')}.\n` : ''}
| case | requests | accepted | 5xx and broken | hit | invariants | settled | seen at |
|---|--:|--:|--:|---|---|--:|---|
${rows.map(line).join('\n')}
${failures(rows)}`;
}

const line = (row: SeenRow): string =>
  `| ${row.ok ? '✓' : '✗'} ${row.title} | ${[row.requests, row.accepted, broken(row)].map((count) => count.toLocaleString('en')).join(' | ')} | ${row.hit.join('; ')} | ${held(row)} | ${row.secondsUntilSettled.toFixed(0)} s | ${row.at.slice(0, 16).replace('T', ' ')}, ${row.commit} |`;

const broken = ({ faults }: Row): number => Object.values(faults).reduce((total, count) => total + count, 0);

function held({ invariants }: Row): string {
  const names = Object.keys(invariants);
  const lost = names.filter((name) => !invariants[name]);
  if (names.length === 0) return 'not read';
  return lost.length === 0 ? `${names[0]} to ${names.at(-1)} hold` : `${lost.join(', ')} broken`;
}

const failures = (rows: Row[]): string =>
  rows
    .filter(({ ok }) => !ok)
    .map(({ name, breaches }) => `\n## ${name}\n${breaches.map((breach) => `- ${breach}`).join('\n')}\n`)
    .join('');
