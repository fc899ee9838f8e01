import type { IncomingMessage, RequestListener } from 'node:http';
import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** One registry for each service in a process, never prom-client's global one: tests run several services side by side. */
export type Metrics = Registry;

/** A registry with Node's own metrics; every series carries the label `service`. */
export function createMetrics(service: string): Metrics {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service });
  collectDefaultMetrics({ register: metrics });
  measureEventLoop(metrics);
  return metrics;
}

/** The metric of this name in the registry, created when first asked for: several breakers share one gauge. */
export function metric<M extends object>(metrics: Metrics, name: string, create: () => M): M {
  return (metrics.getSingleMetric(name) as M | undefined) ?? create();
}

export const isForMetrics = ({ url }: IncomingMessage): boolean => url?.split('?', 1)[0] === '/metrics';

/** `GET /metrics` in the text format of Prometheus, and nothing else: it stands beside a service's app, or on a port of its own. */
export const metricsListener =
  (metrics: Metrics): RequestListener =>
  (req, res) => {
    const status = !isForMetrics(req) ? 404 : req.method !== 'GET' && req.method !== 'HEAD' ? 405 : 200;
    if (status !== 200) return void res.writeHead(status, { Allow: 'GET, HEAD' }).end();
    metrics.metrics().then(
      (text) => res.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => res.writeHead(500).end(),
    );
  };

/** A process has one thread for all its callers: at 1 it cannot do more, however many processors there are. */
function measureEventLoop(metrics: Metrics): void {
  let before = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last scrape in which the event loop was working, 0 to 1',
    registers: [metrics],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
}
