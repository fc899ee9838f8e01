import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** One registry for each service in a process, never prom-client's global one: tests run several services side by side. */
export type Metrics = Registry;

/** A registry with Node's own metrics; every series carries the label `service`. */
export function createMetrics(service: string): Metrics {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service });
  collectDefaultMetrics({ register: metrics });
  return metrics;
}

/** The metric of this name in the registry, created when first asked for: several breakers share one gauge. */
export function metric<M extends object>(metrics: Metrics, name: string, create: () => M): M {
  return (metrics.getSingleMetric(name) as M | undefined) ?? create();
}

/** `GET /metrics` in the text format of Prometheus. */
export const metricsHandler =
  (metrics: Metrics): RequestHandler =>
  async (_req, res) => {
    res.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  };
