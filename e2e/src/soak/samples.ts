import { readRunFile } from '@outerpark/dev/start/run-file';
import { startLoop } from '@outerpark/chassis/loop';
import { createLogger } from '@outerpark/chassis/logger';
import type { Customers } from './customers';
import { percentile } from './fit';
import type { LagSample, LagWatch } from './lag';
import { sampleProcesses, type ProcessSample } from './processes';
import type { Stores } from './stores';
import { sampleTables, sqliteBytes, type TableSample } from './tables';

interface Latency {
  count: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Sample {
  /** Seconds since the load began. */
  at: number;
  processes: Record<string, ProcessSample>;
  tables: Record<string, TableSample>;
  sqliteBytes: number;
  lag: LagSample;
  /** From when the customer came to the 201, and to the last mail; since the sample before. */
  reserved: Latency;
  whole: Latency;
  refused: Record<string, number>;
  openSagas: number;
  /** Process ids: another one is a process that died. */
  pids: Record<string, number>;
}

export const SAMPLE_MS = 10_000;

/** Looks at everything every ten seconds until it is stopped, and gives what it saw. */
export function startSampling(home: string, stores: Stores, lag: LagWatch, customers: Customers) {
  const samples: Sample[] = [];
  const start = performance.now();
  customers.seen();

  const loop = startLoop({
    name: 'sampling',
    logger: createLogger('soak', 'warn'),
    idleMs: SAMPLE_MS,
    work: async () => {
      const run = readRunFile(home)!;
      const at = (performance.now() - start) / 1_000;
      const [processes, tables, lagging] = await Promise.all([
        sampleProcesses(run),
        sampleTables(stores),
        lag.sample(),
      ]);
      const { reservedMs, wholeMs, refused } = customers.seen();
      samples.push({
        at,
        processes,
        tables,
        sqliteBytes: sqliteBytes(run.mypageDirs),
        lag: lagging,
        reserved: latency(reservedMs),
        whole: latency(wholeMs),
        refused,
        openSagas: customers.open(),
        pids: run.pids,
      });
      return 'idle';
    },
  });
  return {
    stop: async (): Promise<Sample[]> => {
      await loop.stop();
      return samples;
    },
  };
}

const latency = (ms: number[]): Latency => ({
  count: ms.length,
  p50Ms: percentile(ms, 0.5),
  p99Ms: percentile(ms, 0.99),
});
