import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Upstream {
  url: string;
  received: Received[];
  /** How many connections ever carried a request, probes aside. */
  connections(): number;
  /** What `/readyz` answers. */
  readiness: number;
  /** Cuts everything off, as a killed process does. */
  kill(): Promise<void>;
}

export type Answer = (req: IncomingMessage, res: ServerResponse, received: Received) => unknown;

/** Says who got what. */
const tell =
  (name: string): Answer =>
  (_req, res, { method, path, body }) =>
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ upstream: name, method, path, body }));

/** A small service: takes every request whole, then answers. */
export async function startUpstream(
  name: string,
  answer: Answer = tell(name),
  port = 0,
  host = '127.0.0.1',
): Promise<Upstream> {
  return listenOn({ port, host }, (upstream) => async (req, res) => {
    const entry: Received = { method: req.method!, path: req.url!, headers: req.headers, body: await text(req) };
    upstream.received.push(entry);
    return answer(req, res, entry);
  });
}

/** A service that decides at the request's head, before its body is there. */
export async function startEagerUpstream(answer: (req: IncomingMessage, res: ServerResponse) => unknown) {
  return listenOn({ port: 0, host: '127.0.0.1' }, () => (req, res) => answer(req, res));
}

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;

async function listenOn(
  at: { port: number; host: string },
  listener: (upstream: Upstream) => Listener,
): Promise<Upstream> {
  const connections = new Set<unknown>();
  const server = createServer();
  const upstream: Upstream = {
    url: '',
    received: [],
    connections: () => connections.size,
    readiness: 200,
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const listen = listener(upstream);
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/readyz') return res.writeHead(upstream.readiness).end();
    connections.add(req.socket);
    // A request that breaks off is told by the test's own expectations.
    Promise.resolve(listen(req, res)).catch(() => res.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve));
  upstream.url = `http://${at.host}:${(server.address() as AddressInfo).port}`;
  return upstream;
}

async function text(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
