import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

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
const IDLE_CHECK_MS = 50;
const DEADLINE_MS = 10_000;

/** Listens with limits for slow callers; port 0 takes a free one. An app with `drain` is told when the end begins. */
export async function listen(
  app: RequestListener & { drain?: () => void },
  { port, host }: { port: number; host: string },
): Promise<HttpServer> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
    app,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;

  const close = (deadlineMs: number): Promise<void> => {
    app.drain?.();
    return new Promise((resolve) => {
      // A connection whose answer had begun before the drain gets no `Connection: close`: it is closed once it is idle.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
      server.close(() => {
        clearInterval(idle);
        clearTimeout(deadline);
        resolve();
      });
    });
  };

  let closed: Promise<void> | undefined;
  return {
    port: actual,
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: (deadlineMs = DEADLINE_MS) => (closed ??= close(deadlineMs)),
  };
}
