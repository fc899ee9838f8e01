import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { commit } from './evidence';
import type { Row } from './run-case';

/** Writes `<file>.md` for people and `<file>.json` for programs. */
export async function writeReport(file: string, rows: Row[], seed: number): Promise<void> {
  const about = {
    date: new Date().toISOString(),
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
    commit: await commit(),
    seed,
  };
  writeFileSync(`${file}.json`, `${JSON.stringify({ ...about, cases: rows }, null, 2)}\n`);
  writeFileSync(`${file}.md`, asMarkdown(about, rows));
}

function asMarkdown(about: { date: string; machine: string; commit: string; seed: number }, rows: Row[]): string {
  const passed = rows.filter(({ ok }) => ok).length;
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0).toLocaleString('en');
  return `# What the fault suite saw

Written by \`npm run test:faults\` on ${about.date.slice(0, 16).replace('T', ' ')} UTC, commit ${about.commit}, ${about.machine}.

${passed} of ${rows.length} cases passed: ${sum(({ requests }) => requests)} requests, ${sum(({ accepted }) => accepted)} reservations accepted, in ${Math.round(rows.reduce((total, { seconds }) => total + seconds, 0) / 60)} minutes. Every
case has processes, stores and topics of its own: two replicas of each service and two gateways. At least 50 requests were in flight throughout (reserve, cancel, pay
again, read). *Settled* is the time from the end of the faults and of the load until nothing was under way any more; then the audit (I1 to I7), the provider's
ledger against what the load was told, and what customers see on My page had to be right, and no answer may have been \`internal-error\`.

| case | requests | accepted | 5xx and broken | hit | invariants | settled |
|---|--:|--:|--:|---|---|--:|
${rows.map(line).join('\n')}
${failures(rows)}`;
}

const line = (row: Row): string =>
  `| ${row.ok ? '✓' : '✗'} ${row.title} | ${[row.requests, row.accepted, broken(row)].map((count) => count.toLocaleString('en')).join(' | ')} | ${row.hit.join('; ')} | ${held(row)} | ${row.secondsUntilSettled.toFixed(0)} s |`;

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
