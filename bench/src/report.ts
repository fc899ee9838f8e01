import type { Loss } from './baseline';
import type { Cost } from './cost';
import type { Found, Scenario } from './scenarios/scenario';

export interface Bench {
  /** UTC, ISO 8601. */
  startedAt: string;
  machine: string;
  quick: boolean;
  /** With new stores, and with stores initialised: from the start of the program until everything was ready. */
  firstStartMs: number;
  startMs: number;
  /** Each process after its start, before any load. */
  idle: Record<string, Cost>;
  found: (Omit<Scenario, 'run'> & Found)[];
  /** Against the baseline, in a quick run. */
  losses: Loss[];
  audit: { ok: boolean; breaches: string[] };
}

const row = (cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** docs/performance.md, all of it. */
export function page({ startedAt, machine, quick, firstStartMs, startMs, idle, found, audit }: Bench): string {
  const six = ['gateway', 'musical', 'reservation', 'payment', 'notification', 'mypage'];
  const together = six.reduce((sum, name) => sum + (idle[name]?.rssMb ?? 0), 0);
  return [
    '# Performance',
    '',
    `Made by \`npm run bench${quick ? ' -- --quick' : ''}\`, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${machine}. Gateway, five services, PostgreSQL (\`synchronous_commit=on\`), Kafka, simulator, mail inbox and the load share the machine; compare figures of one run only. The provider takes any number of calls (\`PROVIDER_RATE\` 2000).`,
    '',
    `Ready in ${(startMs / 1_000).toFixed(1)} s with stores initialised, in ${(firstStartMs / 1_000).toFixed(1)} s with new ones. Resident before any load: ${six.map((name) => `${name} ${(idle[name]?.rssMb ?? 0).toFixed(0)} MB`).join(', ')}; together ${together.toFixed(0)} MB.`,
    '',
    `The audit at the end: ${audit.ok ? 'all invariants hold.' : `**${audit.breaches.join('; ')}**`}`,
    ...found.flatMap(({ title, what, tables, notes, charts }) => [
      '',
      `## ${title}`,
      what,
      ...tables.flatMap(({ head, rows }) => ['', row(head), row(head.map(() => '---')), ...rows.map(row)]),
      ...(charts ?? []).flatMap(({ file, title: name }) => ['', `![${name}](performance/${file}.svg)`]),
      ...(notes ?? []).flatMap((note) => ['', note]),
    ]),
    '',
  ].join('\n');
}
