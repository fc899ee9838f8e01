import { contextIfAny, correlationIdIn, currentTracer, nextHop, runInContext } from '../context';

/** By the names of OpenTelemetry's semantic conventions. Never personal data, and no values of a statement. */
export type Attributes = Record<string, string | number | boolean | undefined>;

export interface SpanStart {
  /** Of low cardinality: a route, a table, a topic, never an id. */
  name: string;
  kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  attributes?: Attributes;
  /** Milliseconds since 1970; now by default. */
  startedAt?: number;
}

/** One piece of work in a trace, from `start` to `end`. */
export interface Span {
  /** What follows from it under this traceparent is its child. */
  traceparent: string;
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** Marks it as failed. `type` as in the attribute `error.type`: an error's code or name, or a status. */
  fail(type: string): void;
  end(): void;
}

/**
 * The port to what records spans; `otlp.ts` is its one adapter. Where there is none nothing is recorded, and only the ids travel.
 * Whoever begins work (a request, an event, a worker's round) is given the tracer; what is done on the way takes it from the context.
 */
export interface Tracer {
  /** A child of `parent`; without one the first span of a new trace. Must not throw. */
  start(parent: string | undefined, what: SpanStart): Span;
  /** Sends what is left, for a few seconds at most. */
  shutdown(): Promise<void>;
}

const nothing = (): void => undefined;

/** A span of this tracer's; one that is not recorded, with an id of its own, when there is none. */
export const startSpan = (tracer: Tracer | undefined, parent: string | undefined, what: SpanStart): Span =>
  tracer?.start(parent, what) ?? {
    traceparent: nextHop(parent),
    ...{ set: nothing, rename: nothing, fail: nothing, end: nothing },
  };

/** As in the attribute `error.type`: what is the same for all errors of a kind. */
export function errorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}

interface From {
  correlationId: string;
  traceparent: string | undefined;
}

/**
 * Does work as a span: by default a child of the current one, else of what an event or a row says. What the work does is a child of
 * that span, and what it throws marks it.
 */
export function inSpan<T>(
  what: SpanStart,
  work: (span: Span) => Promise<T>,
  from: From | undefined = contextIfAny(),
  tracer = currentTracer(),
): Promise<T> {
  const span = startSpan(tracer, from?.traceparent, what);
  const context = { correlationId: from?.correlationId ?? correlationIdIn(undefined), traceparent: span.traceparent };
  const done = runInContext(context, () => work(span), tracer);
  return tracer ? recorded(span, done) : done;
}

async function recorded<T>(span: Span, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    span.fail(errorType(error));
    throw error;
  } finally {
    span.end();
  }
}
