import type { ProblemName } from '@outerpark/contracts/http/problems';
import { createServer, STATUS_CODES, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { problem } from '../errors';
import { isForMetrics } from '../metrics';
import { problemAnswer } from './problem-details';

export interface HttpServer {
  port: number;
  url: string;
  /** Stops accepting, waits for running requests at most this long, then cuts them off. */
  close(deadlineMs?: number): Promise<void>;
}

/** Longer than any caller keeps an idle connection, so that never the server closes one just as a request comes. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Somebody who neither sends nor takes anything for so long is gone; streams beat more often. */
const SILENCE_MS = 60_000;
const SLOW_CHECK_MS = 1_000;
const LINGER_MS = 1_000;
const IDLE_CHECK_MS = 50;
const DEADLINE_MS = 10_000;

export interface ListenOptions {
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** Here `/metrics` is served then, and nowhere else. */
  metricsPort?: number;
  /** Until a request's headers are there, and until all of it is. */
  headersTimeoutMs?: number;
  requestTimeoutMs?: number;
}

/** Listens with limits for slow callers. An app with `drain` is told when the end begins; one with `metrics` is measured there. */
export async function listen(
  app: RequestListener & { drain?: () => void; metrics?: RequestListener },
  { port, host, metricsPort, headersTimeoutMs = HEADERS_MS, requestTimeoutMs = REQUEST_MS }: ListenOptions,
): Promise<HttpServer> {
  const { metrics } = app;
  const apart = metrics && metricsPort !== undefined ? await listen(metrics, { port: metricsPort, host }) : undefined;
  const answer: RequestListener =
    metrics && !apart ? (req, res) => (isForMetrics(req) ? metrics(req, res) : app(req, res)) : app;
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(headersTimeoutMs, SLOW_CHECK_MS),
  });
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', (req, res) => answers.set(req.socket, res)).on('request', answer);
  server.on('clientError', (error, socket) => refuse(error, socket as Socket, answers.get(socket as Socket)));
  server.setTimeout(SILENCE_MS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;

  const close = (deadlineMs: number): Promise<void> => {
    app.drain?.();
    return new Promise<void>((resolve) => {
      // A connection whose answer had begun before the drain gets no `Connection: close`: it is closed once it is idle.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
      server.close(() => {
        clearInterval(idle);
        clearTimeout(deadline);
        resolve();
      });
    }).then(() => apart?.close(0));
  };

  let closed: Promise<void> | undefined;
  return {
    port: actual,
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: (deadlineMs = DEADLINE_MS) => (closed ??= close(deadlineMs)),
  };
}

const REFUSALS: Record<string, ProblemName> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
};

/** What comes too slowly, or is no HTTP, never becomes a request: it is answered here, unless an answer has begun. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, answer: ServerResponse | undefined): void {
  const begun = answer !== undefined && !answer.writableFinished && answer.headersSent;
  if (!socket.writable || begun || error.code === 'ECONNRESET') return void socket.destroy();
  const known = problem(REFUSALS[error.code ?? ''] ?? 'invalid-request', 'The request cannot be read');
  const { status, body } = problemAnswer(known);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  // Not at once: what is still on its way would make the system drop the answer.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
