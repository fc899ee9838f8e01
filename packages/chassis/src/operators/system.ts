import type { ProcessReport } from '@outerpark/contracts/http/system';
import { outcomes, type Checks } from '../http/health';
import type { Metrics } from '../metrics';

export interface SystemTools {
  service: string;
  metrics: Metrics;
  /** What `/readyz` asks. */
  ready: Checks;
}

/** As long as a readiness check may take. */
const PATIENCE_MS = 2_000;
/** Timers that are never late are seen so late: the event loop's delay is sampled by a timer of 10 ms. */
const SAMPLED_EVERY_SECONDS = 0.01;

/** How this process is, from its metrics and its readiness checks; what a store in trouble does not tell in two seconds is left out. */
export async function reportProcess({ service, metrics, ready }: SystemTools): Promise<ProcessReport> {
  const [checks, breakers, lags, behind, outbox, delays] = await Promise.all([
    outcomes(ready),
    read(metrics, 'breaker_state'),
    read(metrics, 'consumer_lag'),
    read(metrics, 'consumer_behind_seconds'),
    read(metrics, 'outbox_oldest_unpublished_seconds'),
    // Its collecting sets the percentiles too.
    read(metrics, 'nodejs_eventloop_lag_seconds').then(() => read(metrics, 'nodejs_eventloop_lag_p99_seconds')),
  ]);
  const reasons = Object.entries(checks).flatMap(([name, reason]) => (reason === 'ok' ? [] : [`${name}: ${reason}`]));
  const [oldest] = outbox;
  const [delay] = delays;
  return {
    service,
    ready: reasons.length === 0,
    ...(reasons.length > 0 ? { notReady: reasons.join('; ') } : {}),
    uptimeSeconds: process.uptime(),
    breakers: breakers.map(({ of, value }) => ({ name: of('name'), state: breakerState(value) })),
    consumers: consumersOf(lags, behind),
    ...(oldest ? { outbox: { oldestSeconds: oldest.value } } : {}),
    ...(delay ? { eventLoopDelaySeconds: Math.max(0, delay.value - SAMPLED_EVERY_SECONDS) } : {}),
  };
}

interface Sample {
  /** A label's value. */
  of: (label: string) => string;
  value: number;
}

/** What a metric says now; nothing when there is none, or when it takes too long. */
async function read(metrics: Metrics, name: string): Promise<Sample[]> {
  const found = metrics.getSingleMetric(name);
  if (!found) return [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  const told = await Promise.race([found.get(), late]).finally(() => clearTimeout(timer));
  const samples = (told?.values ?? []) as { labels: Record<string, unknown>; value: number }[];
  return samples
    .filter(({ value }) => Number.isFinite(value))
    .map(({ labels, value }) => ({ of: (label) => String(labels[label]), value }));
}

const breakerState = (value: number) => (value === 0 ? 'closed' : value === 1 ? 'open' : 'half_open');

function consumersOf(lags: Sample[], behind: Sample[]): ProcessReport['consumers'] {
  const topics = [...new Set([...lags, ...behind].map(({ of }) => of('topic')))].sort();
  const valueOf = (samples: Sample[], topic: string) => samples.find(({ of }) => of('topic') === topic)?.value;
  return topics.map((topic) => {
    const seconds = valueOf(behind, topic);
    return {
      topic,
      lag: valueOf(lags, topic) ?? null,
      ...(seconds === undefined ? {} : { behindSeconds: seconds }),
    };
  });
}
