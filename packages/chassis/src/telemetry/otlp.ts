import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SamplerName, TracingConfig } from '../config';
import type { Logger } from '../logger';
import type { Metrics } from '../metrics';
import { countedExport } from './counted-export';
import type { Span, SpanStart, Tracer } from './tracer';

/** Spans wait here while they are sent; what comes while it is full is lost, and counted. */
const QUEUE = 4_096;
const SEND_EVERY_MS = 1_000;
const FLUSH_MS = 3_000;

/**
 * Records spans by OpenTelemetry's SDK and sends them by OTLP over HTTP. Only `load.ts` loads this file, when it is wanted. It registers
 * nothing globally: contexts are our own, and every span is started at a place that one can read.
 */
export function createOtlpTracer(
  service: string,
  config: TracingConfig & { otelExporterOtlpEndpoint: string },
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): Tracer {
  const url = `${config.otelExporterOtlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter =
    config.otelExporterOtlpProtocol === 'http/json' ? new JsonExporter({ url }) : new ProtobufExporter({ url });
  const counted = countedExport(exporter, { room: QUEUE, logger, metrics });
  const provider = new TracerProvider({
    resource: detectResources({ detectors: [envDetector] }).merge(
      resourceFromAttributes({
        'service.name': service,
        'service.namespace': 'outerpark',
        'service.instance.id': `${hostname()}:${process.pid}`,
      }),
    ),
    sampler: samplerOf(config.otelTracesSampler, config.otelTracesSamplerArg),
    spanProcessors: [
      counted.before(
        new BatchSpanProcessor({
          exporter: counted.exporter,
          maxQueueSize: QUEUE,
          scheduledDelayMillis: SEND_EVERY_MS,
        }),
      ),
    ],
  });
  const tracer = provider.getTracer('outerpark');

  const start = (parent: string | undefined, { name, kind, attributes, startedAt }: SpanStart): Span => {
    const remote = kind === 'server' || kind === 'consumer';
    const span = tracer.startSpan(
      name,
      { kind: KINDS[kind], attributes, startTime: startedAt },
      within(parent, remote),
    );
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`,
      set: (more) => void span.setAttributes(more),
      rename: (to) => void span.updateName(to),
      fail: (type) => void span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type),
      end: () => span.end(),
    };
  };

  return {
    start,
    shutdown: async () => {
      // Whoever is away at the end is not waited for.
      await Promise.race([provider.shutdown().catch(() => undefined), sleep(FLUSH_MS, undefined, { ref: false })]);
    },
  };
}

const KINDS: Record<SpanStart['kind'], SpanKind> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** `00-<trace>-<span>-<flags>` as the SDK takes it. */
function within(traceparent: string | undefined, isRemote: boolean): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const [, traceId, spanId, flags] = traceparent.split('-') as [string, string, string, string];
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote });
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = name.endsWith('always_on')
    ? new AlwaysOnSampler()
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
