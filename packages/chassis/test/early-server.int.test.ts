import express from 'express';
import request from 'supertest';
import { PermanentError } from '../src/errors';
import { createHttpApp } from '../src/http/app';
import { listenEarly, type EarlyServer } from '../src/http/early-server';
import { createLogger } from '../src/logger';
import { createMetrics } from '../src/metrics';
import { eventually } from '../src/testing/eventually';

const logger = createLogger('test', 'silent');
const LOCAL = { port: 0, host: '127.0.0.1' };
const opened: EarlyServer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close(0))));

const open = async (stopping?: AbortSignal) => {
  const metrics = createMetrics('test');
  const server = await listenEarly(LOCAL, { logger, metrics, stopping });
  opened.push(server);
  const routes = express.Router().get('/things', (_req, res) => void res.json(['a thing']));
  return { server, http: request(server.url), app: createHttpApp({ logger, metrics, ready: {}, routes }) };
};

test('it is alive and unready from the first moment, says what it waits for, and refuses all else for now', async () => {
  const { server, http, app } = await open();
  await http.get('/livez').expect(200);
  await http.get('/readyz').expect(503, { status: 'unready', checks: { start: 'starting' } });

  let arrive: (value: string) => void = () => undefined;
  let attempt = (): Promise<string> => Promise.reject(new Error('connect ECONNREFUSED'));
  const waiting = server.waitFor('the database', () => attempt());
  await eventually(async () => {
    const { status, body } = await http.get('/readyz');
    expect([status, body]).toEqual([
      503,
      { status: 'unready', checks: { start: 'waiting for the database: connect ECONNREFUSED' } },
    ]);
  });
  await http.get('/livez').expect(200);
  await http.get('/metrics').expect(200);
  const refused = await http.post('/things').send({ name: 'b' }).expect(503);
  expect(refused.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' });

  attempt = () => new Promise((resolve) => (arrive = resolve));
  await eventually(() => {
    arrive('there');
    return expect(Promise.race([waiting, Promise.resolve('not yet')])).resolves.toBe('there');
  });
  server.serve(app);
  await http.get('/readyz').expect(200, { status: 'ready', checks: {} });
  await http.get('/things').expect(200, ['a thing']);
});

test('what comes in vain ends it, and nothing listens any more', async () => {
  const { server, http } = await open();
  const never = new PermanentError('a migration failed');
  await expect(server.waitFor('the database', () => Promise.reject(never))).rejects.toBe(never);
  await expect(http.get('/livez')).rejects.toThrow('ECONNREFUSED');
});

test('the end of the process ends the waiting', async () => {
  const stopping = new AbortController();
  const { server, http } = await open(stopping.signal);
  const waiting = server.waitFor('the database', () => Promise.reject(new Error('away')));
  stopping.abort();
  await expect(waiting).rejects.toThrow();
  await expect(http.get('/livez')).rejects.toThrow('ECONNREFUSED');
});

test('it drains as the app that it serves', async () => {
  const { server, app } = await open();
  server.serve(app);
  const drain = jest.spyOn(app, 'drain');
  await server.close();
  expect(drain).toHaveBeenCalledTimes(1);
});
