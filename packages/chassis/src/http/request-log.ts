import type { Request, RequestHandler, Response } from 'express';
import { Gauge, Histogram } from 'prom-client';
import { correlationIdIn, currentContext, runInContext, traceparentIn } from '../context';
import type { Logger } from '../logger';
import { metric, type Metrics } from '../metrics';
import { startSpan, type Tracer } from '../telemetry/tracer';

/** Runs the rest of the request in its context, as a span of its caller's trace; the answer names its correlation id. */
export const requestContext =
  (tracer: Tracer | undefined): RequestHandler =>
  (req, res, next) => {
    const span = startSpan(tracer, traceparentIn(req.get('traceparent')), {
      name: req.method,
      kind: 'server',
      attributes: { 'http.request.method': req.method, 'url.scheme': req.protocol },
    });
    const { traceparent } = span;
    const correlationId = correlationIdIn(req.get('x-correlation-id'));
    res.setHeader('X-Correlation-Id', correlationId);
    if (tracer) {
      res.once('close', () => {
        const route = routeOf(req, res);
        // What no route knows may have anything in its path.
        if (route !== UNMATCHED) {
          span.rename(`${req.method} ${route}`);
          span.set({ 'http.route': route, 'url.path': req.originalUrl.split('?', 1)[0] });
        }
        if (res.headersSent) span.set({ 'http.response.status_code': res.statusCode });
        if (res.statusCode >= 500) span.fail(String(res.statusCode));
        span.end();
      });
    }
    runInContext({ correlationId, traceparent }, next, tracer);
  };

const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Of whatever else Node reads there is one series only. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** As nginx has it: the caller was gone before there was an answer. */
const CALLER_GONE = 499;

/**
 * One log line and one observation for each request, by the route's pattern, when its answer is out or its caller gone.
 * Not pino-http: `close` is emitted outside the request's context, and its child logger costs more than the line.
 */
export function requestLog(logger: Logger, metrics: Metrics): RequestHandler {
  const duration = metric(
    metrics,
    'http_request_duration_seconds',
    () =>
      new Histogram({
        name: 'http_request_duration_seconds',
        help: 'Time from the request to the end of its answer',
        labelNames: ['method', 'route', 'status'],
        buckets: BUCKETS,
        registers: [metrics],
      }),
  );
  const open = metric(
    metrics,
    'http_requests_open',
    () => new Gauge({ name: 'http_requests_open', help: 'Requests without a whole answer yet', registers: [metrics] }),
  );
  return (req, res, next) => {
    const started = performance.now();
    const context = currentContext();
    open.inc();
    res.once('close', () => {
      open.dec();
      const ms = performance.now() - started;
      const route = routeOf(req, res);
      const status = res.headersSent ? res.statusCode : CALLER_GONE;
      duration.observe({ method: METHODS.has(req.method) ? req.method : 'other', route, status }, ms / 1000);
      const line = {
        method: req.method,
        route,
        status,
        ms: Math.round(ms * 10) / 10,
        problem: res.locals.problem as string | undefined,
      };
      runInContext(context, () => logger.info(line, res.writableFinished ? 'request' : 'request aborted'));
    });
    next();
  };
}

const UNMATCHED = 'unmatched';

/** The pattern and never the path, so that ids make no new series. A proxy without routes sets `res.locals.route`. */
function routeOf(req: Request, res: Response): string {
  if (typeof res.locals.route === 'string') return res.locals.route;
  const route = req.route as { path: unknown } | undefined;
  return route ? `${req.baseUrl}${String(route.path)}` : UNMATCHED;
}
