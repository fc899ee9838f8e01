import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { commit } from '../faults/evidence';
import type { Row } from './run-case';

export interface Cluster {
  /** Of the API server, such as `v1.34.2`. */
  version: string;
  nodes: number;
}

/** A row with when and at which commit it was seen. */
export interface SeenRow extends Row {
  at: string;
  commit: string;
}

/** Puts a row into `<file>.json` for programs and `<file>.md` for people, in place of what was seen of that case before. */
export async function addToReport(file: string, row: Row, cluster: Cluster, order: string[]): Promise<void> {
  const json = `${file}.json`;
  const before = existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as { cases: SeenRow[] }).cases : [];
  const seen: SeenRow = { ...row, at: new Date().toISOString(), commit: await commit() };
  const cases = [...before.filter(({ name }) => name !== row.name), seen].sort(
    (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
  );
  const place = `${cluster.nodes} ${cluster.nodes === 1 ? 'node' : 'nodes'} of Kubernetes ${cluster.version}, ${machine()}`;
  writeFileSync(json, `${JSON.stringify({ place, cases }, null, 2)}\n`);
  writeFileSync(`${file}.md`, asMarkdown(cases, place, order));
}

const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB`;

export function asMarkdown(rows: SeenRow[], place: string, order: string[]): string {
  const passed = rows.filter(({ ok }) => ok).length;
  const missing = order.filter((name) => !rows.some((row) => row.name === name));
  return `# What was seen on a cluster

Written by \`npm run test:k8s\` ([how](../e2e/README.md)), a row for each case when it was last run, on ${place}. ${passed} of ${rows.length} cases passed.

Unless a row says otherwise there are two pods of each service, installed by \`npm run deploy\`. *Load* is so many requests a second through the gateway's NodePort (reserve, cancel, read), each
sent once and counted once: whatever is not answered by 2xx makes availability less than 100.00 %. After a load everything has to settle; then the audit in the cluster (I1 to I7), the payment
provider's ledger, what each customer was told and My page have to agree, or the case has failed.
${missing.length > 0 ? `\nNot seen through yet: ${missing.join(', ')}.\n` : ''}
| item | what was done | what was seen | when |
|---|---|---|---|
${rows.map(line).join('\n')}
`;
}

const line = ({ ok, item, title, seen, seconds, at, commit }: SeenRow): string =>
  `| ${ok ? '✓' : '✗'} ${cell(item)} | ${cell(title)} | ${seen.map(cell).join('<br>')} | ${at.slice(0, 16).replace('T', ' ')}, ${seconds.toFixed(0)} s, ${commit} |`;

/** One line, in which no bar ends the cell. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replace(/\|/g, '\\|').trim();
