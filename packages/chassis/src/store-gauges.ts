import { Gauge } from 'prom-client';
import type { Metrics } from './metrics';

type GaugeRow = Record<string, unknown>;

export interface StoreGauges {
  /** Name -> what it tells. All of them come of one reading. */
  gauges: Record<string, string>;
  labels?: string[];
  /** A row for each series, with the values of its labels and gauges under their names. */
  read: () => Promise<GaugeRow[]>;
  /** What costs more is read at most so often, in milliseconds. */
  everyMs?: number;
}

/** How long a scrape waits for a reading: Prometheus gives up after 10 s, and what needs no store is to be told then as well. */
const PATIENCE_MS = 1_000;

/**
 * Gauges read from the service's store when they are scraped. What the store does not tell in time is left out: no value is better
 * than an old one.
 */
export function measureFromStore(metrics: Metrics, { gauges, labels = [], read, everyMs = 0 }: StoreGauges): void {
  const inTurn = readingsOf(metrics);
  let last: { rows: Promise<GaugeRow[] | undefined>; until: number } | undefined;
  const rows = () => {
    if (last && performance.now() < last.until) return last.rows;
    // Until it is there, all who ask share it.
    const reading = { rows: inTurn(read), until: Infinity };
    void reading.rows.then((found) => (reading.until = found ? performance.now() + everyMs : 0));
    last = reading;
    return reading.rows;
  };

  for (const [name, help] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [metrics],
      async collect() {
        const found = (await rows()) ?? [];
        // `reset` would make a 0 of a gauge without labels.
        if (labels.length === 0) this.remove();
        else this.reset();
        for (const row of found) {
          this.set(Object.fromEntries(labels.map((label) => [label, String(row[label])])), Number(row[name]));
        }
      },
    });
  }
}

type InTurn = <T>(read: () => Promise<T>) => Promise<T | undefined>;

const queues = new WeakMap<Metrics, InTurn>();

/** The one queue of a process's readings. */
export function readingsOf(metrics: Metrics): InTurn {
  const known = queues.get(metrics) ?? createQueue();
  queues.set(metrics, known);
  return known;
}

/**
 * One reading after another, so that a scrape takes one connection at most from the customers; undefined of one that fails or is
 * late. While a late one still hangs no other begins: scrapes do not pile up before a store in trouble.
 */
function createQueue(): InTurn {
  let before: Promise<unknown> = Promise.resolve();
  let hanging = false;

  return <T>(read: () => Promise<T>) => {
    const mine = before.then(async () => {
      if (hanging) return undefined;
      hanging = true;
      const reading = Promise.resolve()
        .then(read)
        .catch(() => undefined)
        .finally(() => (hanging = false));
      return withinPatience(reading);
    });
    before = mine;
    return mine;
  };
}

async function withinPatience<T>(reading: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}
