import { cpus, totalmem } from 'node:os';
import type { AuditRun } from './audits';
import { chart } from './chart';
import { fit } from './fit';
import type { Step } from './load';
import type { Sample } from './samples';
import { isBounded, type TableSample } from './tables';
import { memoryFits, tableFits, type Verdict } from './verdict';

export interface Soak {
  /** UTC, ISO 8601. */
  startedAt: string;
  machine: string;
  minutes: number;
  keptMinutes: number;
  capacity: Step[];
  /** Whole sagas a second. */
  rate: number;
  samples: Sample[];
  audits: AuditRun[];
  /** After the load had ended and everything was vacuumed. */
  vacuumed: { tables: Record<string, TableSample>; reservations: number; sqliteBytes: number };
  verdicts: Verdict[];
}

export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;

const MB = 1_048_576;
const mb = (bytes: number): string => (bytes / MB).toFixed(1);
const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: string[]): string[] => [row(...head), row(...head.map(() => '---')), ...rows];

/** The generated part of docs/reliability.md. */
export function reported(soak: Soak): string {
  const { samples, capacity, rate, audits, verdicts, vacuumed } = soak;
  const best = Math.max(0, ...capacity.map(({ wholePerSecond }) => wholePerSecond));
  const all = (of: 'reserved' | 'whole', figure: 'p50Ms' | 'p99Ms') =>
    fit(samples.map((sample) => ({ x: sample.at, y: sample[of][figure] }))).mean;
  const reservations = samples.reduce((sum, sample) => sum + sample.reserved.count, 0);
  return [
    `${soak.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${soak.machine}; the load, the audits and all servers on the same machine.`,
    '',
    `**Capacity**: ${capacity.map((step) => `${step.atOnce} at once ${step.wholePerSecond.toFixed(1)}/s`).join(', ')}: ${best.toFixed(1)} whole sagas a second.`,
    `**Load**: ${rate.toFixed(1)} sagas a second for ${soak.minutes} minutes, ${reservations.toLocaleString('en')} reservations; what is kept for a week or a day in production was kept for ${soak.keptMinutes} minutes.`,
    `**Customers waited** for the answer ${all('reserved', 'p50Ms').toFixed(0)} ms (p99 ${all('reserved', 'p99Ms').toFixed(0)} ms), for the last mail ${all('whole', 'p50Ms').toFixed(0)} ms (p99 ${all('whole', 'p99Ms').toFixed(0)} ms); means of the samples, from when the customer came.`,
    '',
    ...table(
      ['', 'verdict', 'by the last two thirds'],
      verdicts.map(({ what, ok, said }) => row(ok ? '✓' : '✗', what, said)),
    ),
    '',
    '![Memory](images/soak-memory.svg)',
    '',
    ...table(
      ['process', 'RSS, MB', 'MB/h', 'heap after collections, MB', 'MB/h'],
      memoryFits(samples).map((it) =>
        row(
          it.name,
          it.rssMb.toFixed(0),
          it.rssMbPerHour.toFixed(1),
          it.heapMb?.toFixed(0) ?? '',
          it.heapMbPerHour?.toFixed(1) ?? '',
        ),
      ),
    ),
    '',
    '![Bounded tables](images/soak-tables.svg)',
    '',
    ...table(
      ['bounded table', 'MB', 'growth, MB', 'live rows', 'dead rows', 'MB after VACUUM', 'live rows then'],
      tableFits(samples)
        .filter((it) => isBounded(it.table) && it.bytes > MB / 4)
        .map((it) =>
          row(
            it.table,
            mb(it.bytes),
            mb(it.growth),
            Math.round(it.live),
            Math.round(it.dead),
            mb(vacuumed.tables[it.table]?.bytes ?? 0),
            vacuumed.tables[it.table]?.live ?? 0,
          ),
        ),
    ),
    '',
    ...table(
      ['grows with the business', 'rows', 'MB after VACUUM', 'bytes a reservation'],
      [
        ...Object.entries(vacuumed.tables)
          .filter(([name, { bytes }]) => !isBounded(name) && bytes > MB / 4)
          .map(([name, { bytes, live }]) => row(name, live, mb(bytes), Math.round(bytes / vacuumed.reservations))),
        row("mypage's file", '', mb(vacuumed.sqliteBytes), Math.round(vacuumed.sqliteBytes / vacuumed.reservations)),
      ],
    ),
    '',
    '![Lag](images/soak-lag.svg)',
    '',
    ...table(
      ['audit at', 'messages', 'readings', 'seconds', 'seconds for 100,000 messages'],
      audits.map((it) =>
        row(
          `${(it.at / 60).toFixed(0)} min`,
          it.messages.toLocaleString('en'),
          it.readings,
          it.seconds.toFixed(1),
          ((it.seconds / (it.readings || 1) / (it.messages || 1)) * 100_000).toFixed(1),
        ),
      ),
    ),
  ].join('\n');
}

/** File name -> image. */
export function charts({ samples }: Soak): Record<string, string> {
  const last = samples.at(-1);
  const over = (value: (sample: Sample) => number | undefined) =>
    samples.flatMap((sample) => {
      const y = value(sample);
      return y === undefined ? [] : [{ x: sample.at / 60, y }];
    });
  const bounded = Object.entries(last?.tables ?? {})
    .filter(([name, { bytes }]) => isBounded(name) && bytes > MB / 4)
    .map(([name]) => name);
  const products = Object.keys(last?.processes ?? {}).filter((name) => last?.processes[name]?.heapMb !== undefined);
  return {
    'soak-memory.svg': chart(
      'RSS of our processes',
      'MB',
      products.map((name) => ({ name, points: over(({ processes }) => processes[name]?.rssMb) })),
    ),
    'soak-tables.svg': chart(
      'Bounded tables',
      'MB with indices',
      bounded.map((name) => ({ name, points: over(({ tables }) => (tables[name]?.bytes ?? 0) / MB) })),
    ),
    'soak-lag.svg': chart(
      'Consumers behind the end of Kafka',
      'messages',
      Object.keys(last?.lag.messages ?? {}).map((name) => ({ name, points: over(({ lag }) => lag.messages[name]) })),
    ),
  };
}

/** Puts the generated part between its markers. Throws when the page has none. */
export function placedIn(page: string, generated: string): string {
  const [begin, end] = ['<!-- soak: begin -->', '<!-- soak: end -->'];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page lacks ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n${generated}\n${page.slice(to)}`;
}
