import { TraceFlags } from '@opentelemetry/api';
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { Counter } from 'prom-client';
import type { Logger } from '../logger';
import { metric, type Metrics } from '../metrics';

interface Limits {
  /** How many spans may wait to be sent. */
  room: number;
  logger: Logger;
  metrics: Metrics;
}

/**
 * Says of every sampled span whether it was sent or lost: the collector refused it or was away, or there was no room left. `before` is
 * put before the processor that collects batches, `exporter` behind it.
 */
export function countedExport(exporter: SpanExporter, { room, logger, metrics }: Limits) {
  const spans = metric(
    metrics,
    'trace_spans_total',
    () =>
      new Counter({
        name: 'trace_spans_total',
        help: 'Spans that the collector has taken (sent), and those that are lost',
        labelNames: ['outcome'],
        registers: [metrics],
      }),
  );
  for (const outcome of ['sent', 'lost']) spans.inc({ outcome }, 0);
  let waiting = 0;
  let failures = 0;

  const counted: SpanExporter = {
    ...{ shutdown: () => exporter.shutdown(), forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() },
    export: (batch, done) =>
      exporter.export(batch, (result) => {
        const sent = Number(result.code) === SUCCESS;
        waiting -= batch.length;
        spans.inc({ outcome: sent ? 'sent' : 'lost' }, batch.length);
        // The first failure and then every tenth, as loops do: an outage is told, not shouted.
        if (sent) failures = 0;
        else if (failures++ % 10 === 0) logger.warn({ err: result.error, failures }, 'spans could not be sent');
        done(result);
      }),
  };

  const before = (processor: SpanProcessor): SpanProcessor => ({
    onStart: (span, context) => processor.onStart(span, context),
    onEnd: (span) => {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (waiting >= room) return spans.inc({ outcome: 'lost' });
      waiting++;
      processor.onEnd(span);
    },
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  });

  return { exporter: counted, before };
}

/** `ExportResultCode.SUCCESS`, of a package that only the SDK knows. */
const SUCCESS = 0;
