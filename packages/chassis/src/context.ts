import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Tracer } from './telemetry/tracer';

/** What travels with one request through HTTP, outbox rows, Kafka headers and log lines. */
export interface Context {
  /** The customer's request, from the gateway to the last log line. */
  correlationId: string;
  /** W3C Trace Context of the current hop. */
  traceparent: string;
}

const storage = new AsyncLocalStorage<{ context: Context; tracer: Tracer | undefined }>();

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** What a caller, an event or a row says of its trace; undefined when that is nothing, or malformed. */
export const traceparentIn = (text: unknown): string | undefined =>
  typeof text === 'string' && TRACEPARENT.test(text) ? text : undefined;

/** Whether the trace is recorded: whoever has begun it has decided that for all of it. */
export const isSampled = (traceparent: string): boolean => (parseInt(traceparent.slice(53), 16) & 1) === 1;

/** A caller's correlation id; a new one when there is none or it is malformed. */
export const correlationIdIn = (text: unknown): string =>
  typeof text === 'string' && CORRELATION_ID.test(text) ? text : randomUUID();

/** The next hop of a trace; the first one of a new trace when there is none. */
export const nextHop = (traceparent: string | undefined): string =>
  traceparent === undefined
    ? `00-${randomHex()}${randomHex()}-${randomHex()}-01`
    : `${traceparent.slice(0, 36)}${randomHex()}${traceparent.slice(52)}`;

/** 16 digits. A UUID, whose ends are chance, comes from a store of random bytes; `randomBytes` would draw new ones each time. */
const randomHex = (): string => {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(28);
};

/** Goes on where a caller, an event or a row has left; begins anew what is not there or malformed. */
export const continueTrace = (correlationId: unknown, traceparent: unknown): Context => ({
  correlationId: correlationIdIn(correlationId),
  traceparent: traceparentIn(traceparent) ?? nextHop(undefined),
});

/** Runs the work in a context. Its spans are this tracer's, by default that of the work around it. */
export const runInContext = <T>(context: Context, work: () => T, tracer = currentTracer()): T =>
  storage.run({ context, tracer }, work);

/** The current request's context; work that no request caused (a sweeper, a worker) gets one of its own at each call. */
export const currentContext = (): Context => contextIfAny() ?? continueTrace(undefined, undefined);

/** As `currentContext`, but undefined where no request is behind the work: for log lines. */
export const contextIfAny = (): Context | undefined => storage.getStore()?.context;

/** Of the request behind the work; undefined when nobody traces it. */
export const currentTracer = (): Tracer | undefined => storage.getStore()?.tracer;
