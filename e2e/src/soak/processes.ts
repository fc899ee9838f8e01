import { readFileSync } from 'node:fs';
import type { RunFile } from '@outerpark/dev/start/run-file';

export interface ProcessSample {
  rssMb: number;
  /** What it says of itself at /metrics; absent of what is not ours. */
  heapMb?: number;
  eventLoopP99Ms?: number;
}

const MB = 1_048_576;

/** The product's own processes: those whose memory is judged. */
export const PRODUCT = ['gateway', 'musical', 'reservation', 'payment', 'notification', 'mypage'] as const;

/** Every process of the system by its name. */
export async function sampleProcesses(run: RunFile): Promise<Record<string, ProcessSample>> {
  const urls: Record<string, string | undefined> = {
    gateway: run.gateway,
    ...Object.fromEntries(Object.entries(run.services).map(([name, [url]]) => [name, url])),
  };
  const sample = async ([name, pid]: [string, number]): Promise<[string, ProcessSample]> => {
    const url = urls[name];
    const metrics = url === undefined ? undefined : await metricsOf(url);
    return [name, { rssMb: rssOf(pid) / MB, ...(metrics ? nodeMetrics(metrics) : {}) }];
  };
  return Object.fromEntries(await Promise.all(Object.entries(run.pids).map(sample)));
}

const nodeMetrics = (metrics: Map<string, number>) => ({
  heapMb: (metrics.get('nodejs_heap_size_used_bytes') ?? 0) / MB,
  eventLoopP99Ms: (metrics.get('nodejs_eventloop_lag_p99_seconds') ?? 0) * 1_000,
});

/** A service's metrics by name; of several series of one name the largest. */
export async function metricsOf(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const metrics = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^(\w+)(?:\{[^}]*\})? (\S+)$/gm)) {
    metrics.set(name!, Math.max(metrics.get(name!) ?? -Infinity, Number(value)));
  }
  return metrics;
}

/** Of the process and its children; memory that they share counts once. */
function rssOf(pid: number): number {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  if (children.length === 0) return kilobytes(read(`/proc/${pid}/status`), 'VmRSS');
  return [pid, ...children].reduce((sum, each) => sum + kilobytes(read(`/proc/${each}/smaps_rollup`), 'Pss'), 0);
}

const kilobytes = (text: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1_024;

/** A process may end between two looks. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
