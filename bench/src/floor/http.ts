import { fork, type ChildProcess } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import express from 'express';
import { Pool } from 'undici';

/** What a floor process is started with, by IPC. */
type Role = { role: 'hello' } | { role: 'proxy'; upstream: string; issuer: string; cached: boolean };

/** The least that can serve HTTP here: a bare Express. */
const hello = (): RequestListener => {
  const app = express();
  app.get('/hello', (_req, res) => void res.json({ hello: 'world' }));
  return app;
};

/** The least that can stand before it: verifies the bearer token (ES256) and passes the request on. */
const proxy = ({ upstream, issuer, cached }: Extract<Role, { role: 'proxy' }>): RequestListener => {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const pool = new Pool(upstream, { connections: 128 });
  const known = new Set<string>();
  const app = express();
  app.use(async (req, res) => {
    const token = req.headers.authorization?.slice('Bearer '.length) ?? '';
    if (!cached || !known.has(token)) {
      await jwtVerify(token, keys, { issuer });
      known.add(token);
    }
    const { statusCode, headers, body } = await pool.request({ path: req.originalUrl, method: 'GET' });
    res.writeHead(statusCode, { 'content-type': String(headers['content-type']) });
    body.pipe(res);
  });
  return app;
};

process.once('message', (message) => {
  const wanted = message as Role;
  const server = createServer(wanted.role === 'hello' ? hello() : proxy(wanted));
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
});

async function start(role: Role, env: NodeJS.ProcessEnv): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(__filename, { env: { ...env, NODE_ENV: 'production' } });
  child.send(role);
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(message as number)));
  return { url: `http://127.0.0.1:${port}`, child };
}

export interface HttpFloor {
  /** Verifies each token at each request. */
  verifying: string;
  /** Remembers the tokens that it has verified, as ours do. */
  remembering: string;
  stop(): void;
}

/** A bare Express behind two bare proxies, each a process of its own. */
export async function startHttpFloor(issuer: string, env: NodeJS.ProcessEnv): Promise<HttpFloor> {
  const bare = await start({ role: 'hello' }, env);
  const proxies = await Promise.all(
    [false, true].map((cached) => start({ role: 'proxy', upstream: bare.url, issuer, cached }, env)),
  );
  return {
    verifying: proxies[0]!.url,
    remembering: proxies[1]!.url,
    stop: () => [bare, ...proxies].forEach(({ child }) => child.kill()),
  };
}
