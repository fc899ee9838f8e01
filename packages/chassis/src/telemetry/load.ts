import type { TracingConfig } from '../config';
import type { Logger } from '../logger';
import type { Metrics } from '../metrics';
import type * as Otlp from './otlp';
import type { Tracer } from './tracer';

/**
 * The tracer that the configuration asks for; undefined when it names no collector. OpenTelemetry is loaded here and not above: a
 * service that does not trace never pays for it.
 */
export function loadTracer(
  service: string,
  { otelExporterOtlpEndpoint, ...config }: TracingConfig,
  tools: { logger: Logger; metrics: Metrics },
): Tracer | undefined {
  if (otelExporterOtlpEndpoint === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { createOtlpTracer } = require('./otlp') as typeof Otlp;
  return createOtlpTracer(service, { ...config, otelExporterOtlpEndpoint }, tools);
}
