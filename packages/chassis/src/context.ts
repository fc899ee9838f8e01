import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';

/** What travels with one request through HTTP, outbox rows, Kafka headers and log lines. */
export interface Context {
  /** The customer's request, from the gateway to the last log line. */
  correlationId: string;
  /** W3C Trace Context of the current hop. */
  traceparent: string;
}

const storage = new AsyncLocalStorage<Context>();

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Continues the caller's trace with a span id of our own; starts a new trace when there is none or it is malformed. */
export function continueTrace(correlationId: unknown, traceparent: unknown): Context {
  const span = randomBytes(8).toString('hex');
  const trace =
    typeof traceparent === 'string' && TRACEPARENT.test(traceparent)
      ? `${traceparent.slice(0, 36)}${span}${traceparent.slice(52)}`
      : `00-${randomBytes(16).toString('hex')}-${span}-01`;
  const valid = typeof correlationId === 'string' && CORRELATION_ID.test(correlationId);
  return { correlationId: valid ? correlationId : randomUUID(), traceparent: trace };
}

export const runInContext = <T>(context: Context, work: () => T): T => storage.run(context, work);

/** The current request's context; work that no request caused (a sweeper, a worker) gets one of its own at each call. */
export const currentContext = (): Context => storage.getStore() ?? continueTrace(undefined, undefined);

/** As `currentContext`, but undefined where no request is behind the work: for log lines. */
export const contextIfAny = (): Context | undefined => storage.getStore();
