import { Agent, type Dispatcher } from 'undici';
import { continueTrace, currentContext } from '../context';
import { TransientError } from '../errors';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, beginning with a slash. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
  idempotencyKey?: string;
}

/** Any status is an answer; what it means the caller decides. `body` is parsed JSON, the text of another type, or undefined. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
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
  baseUrls: string[];
  /** For one call with all its attempts to connect. */
  timeoutMs: number;
  /** Connections to each replica. */
  pool?: number;
}

/** Calls the replicas of one service in turn, the next one when a replica cannot be connected to. */
export function createHttpClient({ baseUrls, timeoutMs, pool = 64 }: ClientOptions): HttpClient {
  if (baseUrls.length === 0) throw new Error('a client needs a base URL');
  const agent = new Agent({ connections: pool, connect: { timeout: Math.min(timeoutMs, 1_000) } });
  let turn = 0;

  const request = async (wanted: HttpRequest): Promise<HttpAnswer> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const first = turn++;
    let refused: unknown;
    for (let attempt = 0; attempt < baseUrls.length; attempt++) {
      const baseUrl = baseUrls[(first + attempt) % baseUrls.length]!;
      try {
        return await send(agent, baseUrl, wanted, signal);
      } catch (error) {
        if (!neverConnected(error)) throw new NoAnswerError(`${name(wanted)} got no answer`, { cause: error });
        refused = error;
      }
    }
    throw new NotSentError(`${name(wanted)} could not be sent`, { cause: refused });
  };

  return { request, close: () => agent.close() };
}

const name = ({ method, path }: HttpRequest): string => `${method} ${path}`;

async function send(agent: Agent, baseUrl: string, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const answer = await agent.request({
    origin: new URL(baseUrl).origin,
    path: new URL(baseUrl).pathname.replace(/\/$/, '') + wanted.path,
    method: wanted.method,
    headers: headersOf(wanted),
    body: wanted.body === undefined ? null : JSON.stringify(wanted.body),
    signal,
  });
  return { status: answer.statusCode, headers: answer.headers, body: await readBody(answer) };
}

function headersOf({ headers, body, token, idempotencyKey }: HttpRequest): Record<string, string> {
  const context = currentContext();
  return {
    accept: 'application/json, application/problem+json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    'x-correlation-id': context.correlationId,
    traceparent: continueTrace(context.correlationId, context.traceparent).traceparent,
    ...headers,
  };
}

/** JSON that is cut off throws, which makes it no answer. */
async function readBody({ headers, body }: Dispatcher.ResponseData): Promise<unknown> {
  const text = await body.text();
  if (text === '') return undefined;
  return /^application\/([^;]+\+)?json/i.test(String(headers['content-type'])) ? JSON.parse(text) : text;
}

const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Whether it surely was not sent: also for the gateway, which passes requests on by itself. */
export const neverConnected = (error: unknown): boolean =>
  NEVER_CONNECTED.test(String((error as { code?: unknown } | undefined)?.code));
