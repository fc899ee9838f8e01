import { Agent, type Dispatcher } from 'undici';
import { currentContext } from '../context';
import { TransientError } from '../errors';
import { withLimit } from '../limit';
import { inHttpCall } from '../telemetry/http-call';
import type { ReplicaUrls } from './replica-urls';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, beginning with a slash. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
  idempotencyKey?: string;
  /** Carried out twice it is as if once: without an answer it is sent once more. */
  repeatable?: boolean;
}

/** Any status is an answer; what it means the caller decides. `body` is parsed JSON, the text of another type, or undefined. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  /** It was sent before without an answer: that sending may still be carried out, and answered otherwise. */
  repeated?: boolean;
}

export interface HttpClient {
  /** Throws NotSentError when surely nothing was sent, NoAnswerError when it may have been. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Surely nothing reached the other side: it is as if the call had not been made. */
export class NotSentError extends TransientError {
  override readonly name = 'NotSentError';
}

/** The request may have been carried out: only the same request under the same key may follow. */
export class NoAnswerError extends TransientError {
  override readonly name = 'NoAnswerError';
}

interface ClientOptions {
  /** Of a service's replicas. */
  baseUrls: string[] | Pick<ReplicaUrls, 'urls' | 'looked'>;
  /** For one call with all its attempts to connect. */
  timeoutMs: number;
  /** Connections to each replica. */
  pool?: number;
}

/** For so long a replica that could not be connected to, or that did not answer, is asked last. */
const DOUBT_MS = 5_000;

/** Calls the replicas of one service in turn, the next one when a replica cannot be connected to. */
export function createHttpClient({ baseUrls, timeoutMs, pool = 64 }: ClientOptions): HttpClient {
  if (Array.isArray(baseUrls) && baseUrls.length === 0) throw new Error('a client needs a base URL');
  const { urls, looked } = Array.isArray(baseUrls) ? { urls: () => baseUrls, looked: Promise.resolve() } : baseUrls;
  const agent = new Agent({ connections: pool, connect: { timeout: Math.min(timeoutMs, 1_000) } });
  const doubtedUntil = new Map<string, number>();
  let turn = 0;
  let known = false;
  void looked.then(() => (known = true));

  /** All replicas, those in doubt last. */
  const inTurn = (): string[] => {
    const all = urls();
    const first = turn++ % Math.max(1, all.length);
    const order = [...all.slice(first), ...all.slice(0, first)];
    const doubted = (url: string) => performance.now() < (doubtedUntil.get(url) ?? 0);
    return [...order.filter((url) => !doubted(url)), ...order.filter(doubted)];
  };

  const requestWithin = async (signal: AbortSignal, wanted: HttpRequest): Promise<HttpAnswer> => {
    if (!known) await Promise.race([looked, aborted(signal)]);
    let order = inTurn();
    let refused: unknown = new Error('no replica is known');
    /** It may have been carried out, though nobody said so. */
    let unanswered: unknown;
    while (order.length > 0) {
      const [baseUrl, ...others] = order as [string, ...string[]];
      order = others;
      // One that hangs leaves time to ask another.
      const patient = wanted.repeatable && others.length > 0 && unanswered === undefined;
      const own = patient ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs / 2)]) : signal;
      try {
        const answer = await send(agent, baseUrl, wanted, own);
        return unanswered === undefined ? answer : { ...answer, repeated: true };
      } catch (error) {
        const surelyNot = neverConnected(error);
        const broke = connectionBroke(error);
        // Of a replica whose connection broke only that is gone: it is asked again, after the others.
        if (!broke) doubtedUntil.set(baseUrl, performance.now() + DOUBT_MS);
        if (surelyNot) {
          refused = error;
        } else if (wanted.repeatable && unanswered === undefined && (broke || !signal.aborted)) {
          unanswered = error;
          if (broke) order = [...others, baseUrl];
        } else {
          throw new NoAnswerError(`${name(wanted)} got no answer`, { cause: error });
        }
      }
    }
    if (unanswered !== undefined) throw new NoAnswerError(`${name(wanted)} got no answer`, { cause: unanswered });
    throw new NotSentError(`${name(wanted)} could not be sent`, { cause: refused });
  };

  const request = (wanted: HttpRequest): Promise<HttpAnswer> =>
    withLimit(timeoutMs, (signal) => requestWithin(signal, wanted));

  return { request, close: () => agent.close() };
}

/** Resolves when the time is up: nothing is waited for any longer. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const name = ({ method, path }: HttpRequest): string => `${method} ${path}`;

function send(agent: Agent, baseUrl: string, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { origin, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/$/, '') + wanted.path;
  return inHttpCall(wanted.method, origin + path, statusOf, async () => {
    const answer = await agent.request({
      ...{ origin, path, method: wanted.method },
      headers: headersOf(wanted),
      body: wanted.body === undefined ? null : JSON.stringify(wanted.body),
      signal,
    });
    return { status: answer.statusCode, headers: answer.headers, body: await readBody(answer) };
  });
}

const statusOf = ({ status }: HttpAnswer): number => status;

function headersOf({ headers, body, token, idempotencyKey }: HttpRequest): Record<string, string> {
  const context = currentContext();
  return {
    accept: 'application/json, application/problem+json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    'x-correlation-id': context.correlationId,
    traceparent: context.traceparent,
    ...headers,
  };
}

/** JSON that is cut off throws, which makes it no answer. */
async function readBody({ headers, body }: Dispatcher.ResponseData): Promise<unknown> {
  const text = await body.text();
  if (text === '') return undefined;
  return /^application\/([^;]+\+)?json/i.test(String(headers['content-type'])) ? JSON.parse(text) : text;
}

// The last two are of a pool that was closed meanwhile, because its replica is gone.
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/;
/** As when a replica ends that had kept the connection for a next request. */
const BROKE = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/** Whether it surely was not sent: also for the gateway, which passes requests on by itself. */
export const neverConnected = (error: unknown): boolean => NEVER_CONNECTED.test(codeOf(error));

const connectionBroke = (error: unknown): boolean => BROKE.test(codeOf(error));

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code);
