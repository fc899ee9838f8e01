import { Router } from 'express';
import { setImmediate } from 'node:timers/promises';
import request from 'supertest';
import { z } from 'zod';
import { freePort } from '../../../dev/src/servers/free-port';
import { contextIfAny } from '../src/context';
import { problem } from '../src/errors';
import { createHttpApp, type HttpAppOptions } from '../src/http/app';
import { createHttpClient, NoAnswerError } from '../src/http/client';
import { listen } from '../src/http/server';
import { parse } from '../src/http/validate';
import { createLogger } from '../src/logger';
import { createMetrics } from '../src/metrics';
import { eventually } from '../src/testing/eventually';

const setUp = (options: Partial<HttpAppOptions> = {}) => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('test', 'info', {
    write: (line) => void lines.push(JSON.parse(line) as object as never),
  });
  const routes = Router();
  routes.get('/things/:id', (req, res) => void res.json({ id: req.params.id }));
  routes.post('/things', async (req, res) => {
    const { name } = parse(z.strictObject({ name: z.string() }), req.body);
    await setImmediate();
    logger.info('deep inside');
    res.status(201).json({ name, correlationId: contextIfAny()?.correlationId, bytes: req.rawBody?.length });
  });
  routes.get('/taken', () => {
    throw problem('seats-unavailable', undefined, { free: 3 });
  });
  routes.get('/broken', () => Promise.reject(new Error('the password is hunter2')));
  routes.get('/outage', () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })));
  routes.get('/endless', () => new Promise(() => {}));
  routes.get('/half', (_req, res) => {
    res.write('{"half":');
    throw new Error('too late');
  });
  const metrics = createMetrics('test');
  const app = createHttpApp({ logger, metrics, ready: {}, routes, ...options });
  return { app, lines, http: request(app) };
};

const type = (name: string) => `urn:outerpark:problem:${name}`;

test('a request runs in its context and is logged in one line by its pattern', async () => {
  const { http, lines } = setUp();
  const answer = await http.get('/things/17?secret=1').set('X-Correlation-Id', 'request-1').expect(200, { id: '17' });
  expect(answer.get('X-Correlation-Id')).toBe('request-1');
  expect(answer.get('X-Powered-By')).toBeUndefined();
  expect(answer.get('Cache-Control')).toBe('no-store');
  const line = await eventually(() => lines.find(({ msg }) => msg === 'request') ?? fail('no line yet'));
  expect(line).toMatchObject({ method: 'GET', route: '/things/:id', status: 200, correlationId: 'request-1' });
  expect(JSON.stringify(lines)).not.toContain('secret');
});

const fail = (message: string): never => {
  throw new Error(message);
};

test('a service shows its document to anyone', async () => {
  const document = { openapi: '3.1.1', paths: {} };
  const verify = () => Promise.reject(problem('unauthenticated'));
  await setUp({ document, verify }).http.get('/openapi.json').set('Authorization', 'Bearer x').expect(200, document);
});

test('the context survives the reading of the body', async () => {
  const { http, lines } = setUp();
  const answer = await http.post('/things').set('X-Correlation-Id', 'request-2').send({ name: '위키드' }).expect(201);
  expect(answer.body).toEqual({ name: '위키드', correlationId: 'request-2', bytes: 20 });
  expect(lines.find(({ msg }) => msg === 'deep inside')).toMatchObject({ correlationId: 'request-2' });
});

test.each([
  ['GET', '/nowhere', {}, undefined, 404, 'not-found'],
  ['DELETE', '/things', {}, undefined, 405, 'method-not-allowed'],
  ['GET', '/things/%zz', {}, undefined, 400, 'invalid-request'],
  ['POST', '/things', {}, undefined, 400, 'invalid-request'],
  ['POST', '/things', { 'Content-Type': 'application/json' }, '{"name":', 400, 'malformed-json'],
  ['POST', '/things', { 'Content-Type': 'application/json; charset=latin1' }, '{}', 415, 'unsupported-media-type'],
  ['POST', '/things', { 'Content-Type': 'text/plain' }, '{}', 415, 'unsupported-media-type'],
  ['POST', '/things', { 'Content-Type': 'application/json' }, `"${'x'.repeat(110_000)}"`, 413, 'body-too-large'],
  ['POST', '/things', { 'Content-Type': 'application/json' }, 'null', 400, 'invalid-request'],
  ['POST', '/things', { 'Content-Type': 'application/json' }, '"x"', 400, 'invalid-request'],
  ['GET', '/taken', {}, undefined, 409, 'seats-unavailable'],
  ['GET', '/broken', {}, undefined, 500, 'internal-error'],
  ['GET', '/outage', {}, undefined, 503, 'service-unavailable'],
] as const)('%s %s %j answers a problem', async (method, path, headers, body, status, name) => {
  const { http } = setUp();
  const call = http[method.toLowerCase() as 'get'](path).set(headers).set('X-Correlation-Id', 'request-3');
  const answer = await (body === undefined ? call : call.send(body));
  expect(answer.status).toBe(status);
  expect(answer.get('Content-Type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ type: type(name), status, correlationId: 'request-3' });
});

test('a method that is not offered says which are', async () => {
  const answer = await setUp().http.delete('/things').expect(405);
  expect(answer.get('Allow')).toBe('POST');
});

test('what went wrong inside is logged and not told', async () => {
  const { http, lines } = setUp();
  const answer = await http.get('/broken');
  expect(answer.text).not.toContain('hunter2');
  const line = lines.find(({ msg }) => msg === 'request failed') as { err: { stack: string } };
  expect(line.err.stack).toContain('hunter2');
});

test('a caller who left is counted as gone', async () => {
  const { app, lines } = setUp();
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  const client = createHttpClient({ baseUrls: [server.url], timeoutMs: 50 });
  await expect(client.request({ method: 'GET', path: '/endless' })).rejects.toThrow(NoAnswerError);
  const line = await eventually(() => lines.find(({ msg }) => msg === 'request aborted') ?? fail('no line yet'));
  expect(line).toMatchObject({ route: '/endless', status: 499, correlationId: expect.any(String) as string });
  await Promise.all([client.close(), server.close()]);
});

test('half an answer is cut off and never looks whole', async () => {
  await expect(setUp().http.get('/half')).rejects.toThrow(/socket hang up|aborted/);
});

test('a POST without a body needs no type', async () => {
  const answer = await setUp().http.post('/things').set('Content-Length', '0').expect(400);
  expect(answer.body).toMatchObject({ type: type('invalid-request') });
});

test('requests are measured by pattern; probes are neither measured nor logged', async () => {
  const { app, http, lines } = setUp();
  for (const path of ['/things/1', '/things/2', '/nowhere', '/livez']) await http.get(path);
  await eventually(
    async () => {
      const { text } = await request(app.metrics).get('/metrics').expect(200);
      expect(text).toContain(
        'http_request_duration_seconds_count{service="test",method="GET",route="/things/:id",status="200"} 2',
      );
      expect(text).toContain('route="unmatched",status="404"');
      expect(text).not.toContain('livez');
      expect(text).toContain('nodejs_eventloop_lag_seconds');
    },
    { withinMs: 2_000 },
  );
  expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(3);
});

describe('metrics', () => {
  const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;

  test('are beside the app, and nothing but read', async () => {
    const server = await listen(setUp().app, { port: 0, host: '127.0.0.1' });
    const answer = await fetch(`${server.url}/metrics?name=x`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toContain('# TYPE http_request_duration_seconds histogram');
    expect(await statusOf(`${server.url}/metrics`, { method: 'POST' })).toBe(405);
    await server.close();
  });

  test('are on their own port only, when there is one', async () => {
    const metricsPort = await freePort();
    const { app } = setUp();
    const server = await listen(app, { port: 0, host: '127.0.0.1', metricsPort });
    expect(await statusOf(`${server.url}/metrics`)).toBe(404);
    expect(await statusOf(`${server.url}/things/1`)).toBe(200);
    const own = `http://127.0.0.1:${metricsPort}`;
    expect(await statusOf(`${own}/metrics`)).toBe(200);
    expect(await statusOf(`${own}/things/1`)).toBe(404);
    await server.close();
    await expect(fetch(`${own}/metrics`)).rejects.toThrow('fetch failed');
  });

  test('of whatever paths and methods are asked for stay as many as they were', async () => {
    const { app } = setUp();
    const server = await listen(app, { port: 0, host: '127.0.0.1' });
    const series = async () => (await (await fetch(`${server.url}/metrics`)).text()).match(/^http_.*$/gm)!.length;
    const roam = async (from: number) => {
      for (let i = from; i < from + 20; i++) await fetch(`${server.url}/nowhere/${i}`);
      for (const method of ['PROPFIND', 'REPORT', 'PURGE', 'LINK']) await fetch(`${server.url}/things/1`, { method });
    };
    await roam(0);
    const before = await series();
    await roam(20);
    expect(await series()).toBe(before);
    await server.close();
  });
});

test('ready tells which check fails and why; live does not care', async () => {
  let reason: string | undefined = 'connection refused';
  const database = () => (reason === undefined ? Promise.resolve() : Promise.reject(new Error(reason)));
  const { app, http } = setUp({ ready: { database, schema: () => {} } });
  await http
    .get('/readyz')
    .expect(503, { status: 'unready', checks: { database: 'connection refused', schema: 'ok' } });
  await http.get('/livez').expect(200);
  reason = undefined;
  await http.get('/readyz').expect(200, { status: 'ready', checks: { database: 'ok', schema: 'ok' } });
  app.drain();
  const answer = await http.get('/readyz').expect(503);
  expect(answer.body).toMatchObject({ status: 'draining' });
  expect(answer.get('Connection')).toBe('close');
  await http.get('/livez').expect(200);
});

test('what is only noted decides nothing, and is told while there is something', async () => {
  let reason: string | undefined = 'Kafka has not answered yet';
  const kafka = () => {
    if (reason !== undefined) throw new Error(reason);
  };
  const { http } = setUp({ ready: {}, notes: { kafka } });
  await http
    .get('/readyz')
    .expect(200, { status: 'ready', checks: {}, notes: { kafka: 'Kafka has not answered yet' } });
  reason = undefined;
  await http.get('/readyz').expect(200, { status: 'ready', checks: {} });
});

test('a process that only a restart helps is not live', async () => {
  const live = () => {
    throw new Error('consumer died');
  };
  await setUp({ live })
    .http.get('/livez')
    .expect(503, { status: 'failed', checks: { process: 'consumer died' } });
});
