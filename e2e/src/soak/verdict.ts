import type { AuditRun } from './audits';
import { fit, lows, settled, type Point } from './fit';
import { PRODUCT } from './processes';
import type { Sample } from './samples';
import { isBounded } from './tables';

export interface Verdict {
  what: string;
  ok: boolean;
  /** The figures, in one sentence. */
  said: string;
}

/** So much growth of a process's memory an hour is none: a day of it is less than what Node itself takes. */
export const MOST_RSS_MB_PER_HOUR = 30;
/** Of what is left of the heap after collections, of which the lows of each minute are a measure. */
export const MOST_HEAP_MB_PER_HOUR = 12;
/** A bounded table breathes with the audit's checkpoints; over the judged time its fitted size may grow by so much of its mean. */
export const MOST_TABLE_GROWTH = 0.1;
/** What is smaller is not judged by its share: one page more is nothing. */
const SMALL_BYTES = 1_048_576;
/** The lag may grow by what comes within so many seconds. */
export const MOST_LAG_GROWTH_SECONDS = 1;

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** What a line through the last two thirds of the samples says. */
export function judge(samples: Sample[], audits: AuditRun[]): Verdict[] {
  return [...memory(samples), tables(samples), lag(samples), audited(audits), answers(samples), processes(samples)];
}

const points = (samples: Sample[], value: (sample: Sample) => number | undefined): Point[] =>
  settled(
    samples.flatMap((sample) => {
      const y = value(sample);
      return y === undefined ? [] : [{ x: sample.at, y }];
    }),
  );

export interface MemoryFit {
  name: string;
  rssMb: number;
  rssMbPerHour: number;
  heapMb?: number;
  heapMbPerHour?: number;
}

/** Of each process; those that are not ours say nothing of a heap. */
export function memoryFits(samples: Sample[]): MemoryFit[] {
  return Object.keys(samples[0]?.processes ?? {}).map((name) => {
    const rss = fit(points(samples, ({ processes }) => processes[name]?.rssMb));
    const heaps = points(samples, ({ processes }) => processes[name]?.heapMb);
    const heap = fit(lows(heaps, MINUTE_S));
    return {
      name,
      rssMb: rss.mean,
      rssMbPerHour: rss.slope * HOUR_S,
      ...(heaps.length > 0 ? { heapMb: heap.mean, heapMbPerHour: heap.slope * HOUR_S } : {}),
    };
  });
}

const memory = (samples: Sample[]): Verdict[] =>
  memoryFits(samples)
    .filter(({ name }) => PRODUCT.some((product) => product === name))
    .map(({ name, rssMb, rssMbPerHour, heapMb = 0, heapMbPerHour = 0 }) => ({
      what: `memory of ${name}`,
      ok: rssMbPerHour <= MOST_RSS_MB_PER_HOUR && heapMbPerHour <= MOST_HEAP_MB_PER_HOUR,
      said: `RSS ${rssMb.toFixed(0)} MB, ${signed(rssMbPerHour)} MB/h; heap after collections ${heapMb.toFixed(0)} MB, ${signed(heapMbPerHour)} MB/h`,
    }));

export interface TableFit {
  table: string;
  bytes: number;
  /** Over the judged time, in bytes. */
  growth: number;
  live: number;
  dead: number;
}

export function tableFits(samples: Sample[]): TableFit[] {
  return Object.keys(samples.at(-1)?.tables ?? {}).map((table) => {
    const sizes = points(samples, ({ tables }) => tables[table]?.bytes);
    const { slope, mean } = fit(sizes);
    const of = (value: 'live' | 'dead') => fit(points(samples, ({ tables }) => tables[table]?.[value])).mean;
    const seconds = (sizes.at(-1)?.x ?? 0) - (sizes[0]?.x ?? 0);
    return { table, bytes: mean, growth: slope * seconds, live: of('live'), dead: of('dead') };
  });
}

function tables(samples: Sample[]): Verdict {
  const bounded = tableFits(samples).filter(({ table }) => isBounded(table));
  const growing = bounded.filter(({ bytes, growth }) => growth > MOST_TABLE_GROWTH * Math.max(bytes, SMALL_BYTES));
  const total = bounded.reduce((sum, { bytes }) => sum + bytes, 0) / 1_048_576;
  return {
    what: 'bounded tables',
    ok: growing.length === 0,
    said:
      growing.length === 0
        ? `${bounded.length} tables with ${total.toFixed(1)} MB together, none grows`
        : growing.map(({ table, bytes, growth }) => `${table} grows by ${percent(growth / bytes)}`).join(', '),
  };
}

const lagOf = ({ lag: { messages } }: Sample): number => Object.values(messages).reduce((sum, each) => sum + each, 0);

function lag(samples: Sample[]): Verdict {
  const lags = points(samples, lagOf);
  const { slope, mean } = fit(lags);
  const judged = samples.filter(({ at }) => at >= (lags[0]?.x ?? 0));
  const seconds = (judged.at(-1)?.at ?? 0) - (judged[0]?.at ?? 0);
  const perSecond = ((judged.at(-1)?.lag.total ?? 0) - (judged[0]?.lag.total ?? 0)) / (seconds || 1);
  const growth = slope * seconds;
  const slowest = Math.max(0, ...judged.flatMap((sample) => Object.values(sample.lag.seconds)));
  return {
    what: 'consumer lag',
    ok: growth <= perSecond * MOST_LAG_GROWTH_SECONDS,
    said: `${mean.toFixed(0)} messages behind on average of ${perSecond.toFixed(0)} a second, ${signed(growth)} over the time; at most ${slowest.toFixed(1)} s behind`,
  };
}

const audited = (audits: AuditRun[]): Verdict => {
  const broken = audits.filter(({ ok }) => !ok);
  return {
    what: 'audits',
    ok: audits.length > 0 && broken.length === 0,
    said:
      broken.length === 0
        ? `${audits.length}, all invariants hold`
        : broken.flatMap(({ breaches }) => breaches.slice(0, 3)).join('; '),
  };
};

function answers(samples: Sample[]): Verdict {
  const refused = samples.flatMap((sample) => Object.entries(sample.refused));
  const reserved = samples.reduce((sum, sample) => sum + sample.reserved.count, 0);
  return {
    what: 'answers',
    ok: refused.length === 0 && reserved > 0,
    said:
      refused.length === 0
        ? `${reserved} reservations, none refused`
        : refused
            .slice(0, 5)
            .map(([said, count]) => `${count} x ${said}`)
            .join('; '),
  };
}

function processes(samples: Sample[]): Verdict {
  const first = samples[0]?.pids ?? {};
  const died = Object.keys(first).filter((name) => samples.some(({ pids }) => pids[name] !== first[name]));
  return {
    what: 'processes',
    ok: died.length === 0,
    said: died.length === 0 ? 'none ended' : `ended: ${died.join(', ')}`,
  };
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(1)}`;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
