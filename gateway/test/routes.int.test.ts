import type { RunningService } from '@outerpark/chassis/service';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { freePort } from '@outerpark/dev/servers/free-port';
import request from 'supertest';
import { gatewayTo, sendRaw } from './gateway';
import { startUpstream, type Upstream } from './upstream';

const names = ['musical', 'reservation', 'payment', 'notification', 'mypage'] as const;
const ID = '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11';

let issuer: TestIssuer;
let upstreams: Record<(typeof names)[number], Upstream>;
let gateway: RunningService;
let alice: string;

beforeAll(async () => {
  issuer = await startTestIssuer();
  alice = `Bearer ${await issuer.token({ sub: 'alice' })}`;
  const started = await Promise.all(names.map(async (name) => [name, await startUpstream(name)] as const));
  upstreams = Object.fromEntries(started) as typeof upstreams;
  gateway = await gatewayTo({
    OIDC_ISSUER: issuer.issuer,
    ...Object.fromEntries(started.map(([name, { url }]) => [`${name.toUpperCase()}_URL`, url])),
  });
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([issuer.stop(), ...Object.values(upstreams).map((upstream) => upstream.kill())]);
});

beforeEach(() => Object.values(upstreams).forEach(({ received }) => received.splice(0)));

const reached = () => Object.values(upstreams).flatMap(({ received }) => received);

const open = [
  ['GET', '/api/musicals', 'musical'],
  ['HEAD', '/api/musicals', 'musical'],
  ['GET', `/api/musicals/${ID}`, 'musical'],
  ['POST', '/api/payments/webhooks/simulator', 'payment'],
] as const;

const guarded = [
  ['POST', '/api/musicals', 'musical'],
  ['PATCH', `/api/musicals/${ID}/grades/${ID}`, 'musical'],
  ['POST', `/api/performances/${ID}/waiting-room`, 'musical'],
  ['GET', `/api/performances/${ID}/waiting-room`, 'musical'],
  ['PUT', `/api/admin/waiting-rooms/${ID}`, 'musical'],
  ['POST', '/api/reservations', 'reservation'],
  ['GET', `/api/reservations/${ID}`, 'reservation'],
  ['DELETE', `/api/reservations/${ID}`, 'reservation'],
  ['POST', `/api/reservations/${ID}/payment`, 'reservation'],
  ['GET', '/api/payments', 'payment'],
  ['GET', '/api/notifications', 'notification'],
  ['GET', '/api/mypage', 'mypage'],
  ['GET', '/api/mypage/stream', 'mypage'],
  ['GET', `/api/admin/reservations/${ID}/story`, 'mypage'],
  ['GET', '/api/admin/stories/web:2026.11-1', 'mypage'],
] as const;

test.each(open)('%s %s reaches %s without a token', async (method, path, service) => {
  expect((await sendRaw(gateway.url, method, path)).status).toBe(200);
  expect(upstreams[service].received).toMatchObject([{ method, path }]);
  expect(reached()).toHaveLength(1);
});

test.each(guarded)('%s %s reaches %s with a token, which goes along', async (method, path, service) => {
  const answer = await sendRaw(gateway.url, method, path, { authorization: alice });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ upstream: service, method, path });
  expect(upstreams[service].received[0]!.headers.authorization).toBe(alice);
  expect(reached()).toHaveLength(1);
});

test.each(guarded)('%s %s is refused without a token', async (method, path) => {
  const answer = await sendRaw(gateway.url, method, path);
  expect(answer).toMatchObject({ status: 401, headers: { 'content-type': 'application/problem+json' } });
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'urn:outerpark:problem:unauthenticated' });
  expect(reached()).toEqual([]);
});

test.each(['Bearer', 'Basic YWxpY2U6', 'Bearer a b'])('%j is no token', async (authorization) => {
  expect((await sendRaw(gateway.url, 'GET', '/api/mypage', { authorization })).status).toBe(401);
  expect(reached()).toEqual([]);
});

test('the query goes along as it was written', async () => {
  const path = '/api/musicals?limit=2&cursor=a%2Fb%20c&x=..//..&y=%ED%95%9C';
  await sendRaw(gateway.url, 'GET', path);
  expect(upstreams.musical.received).toMatchObject([{ path }]);
});

test.each([
  ['/api'],
  ['/api/'],
  ['/api/seats'],
  ['/api/musicals/'],
  ['/API/musicals'],
  [`/api/musicals/${ID}/grades`],
  ['/api/mypage/stream/x'],
  ['/internal/holds'],
  ['/api/internal/holds'],
  ['/livez/x'],
])('%s is not there', async (path) => {
  for (const method of ['GET', 'POST']) {
    const answer = await sendRaw(gateway.url, method, path, { authorization: alice });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'urn:outerpark:problem:not-found' });
  }
  expect(reached()).toEqual([]);
});

test('an id that is no UUID names nothing', async () => {
  expect((await sendRaw(gateway.url, 'GET', '/api/musicals/hamlet')).status).toBe(404);
  expect((await sendRaw(gateway.url, 'GET', '/api/reservations/1', { authorization: alice })).status).toBe(404);
  expect(reached()).toEqual([]);
});

test.each([
  ['/api/musicals/..'],
  ['/api/musicals/../../internal/holds'],
  ['/api/musicals/%2e%2e/%2e%2e/internal/holds'],
  ['/api/musicals/..%2f..%2finternal%2fholds'],
  ['/api/musicals/%2e%2e%5cinternal'],
  ['/api/musicals/..\\..\\internal\\holds'],
  ['/api/./musicals'],
  ['//api/musicals'],
  ['/api//musicals'],
  ['/api/musicals//'],
  ['/%61pi/musicals'],
  ['/api/musicals%00'],
  ['/api/musicals%3Fx'],
  ['/api/musicals;x=1'],
  ['/api/musicals#x'],
  ['http://127.0.0.1/api/musicals'],
  ['http://127.0.0.1/internal/holds'],
  ['http://[::1/'],
  ['*'],
])('the path %s reaches nothing', async (path) => {
  for (const method of ['GET', 'POST']) {
    const answer = await sendRaw(gateway.url, method, path, { authorization: alice });
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  }
  expect(reached()).toEqual([]);
});

test.each([
  ['DELETE', '/api/musicals', 'GET, POST'],
  ['PUT', `/api/musicals/${ID}`, 'GET'],
  ['GET', `/api/musicals/${ID}/grades/${ID}`, 'PATCH'],
  ['GET', '/api/reservations', 'POST'],
  ['PATCH', `/api/reservations/${ID}`, 'GET, DELETE'],
  ['GET', `/api/reservations/${ID}/payment`, 'POST'],
  ['POST', '/api/mypage', 'GET'],
  ['TRACE', '/api/notifications', 'GET'],
])('%s %s is not offered: only %s', async (method, path, allow) => {
  const answer = await sendRaw(gateway.url, method, path, { authorization: alice });
  expect(answer).toMatchObject({ status: 405, headers: { allow } });
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'urn:outerpark:problem:method-not-allowed' });
  expect(reached()).toEqual([]);
});

test('the front door says what this is and what can be called, the probes that it lives', async () => {
  expect((await request(gateway.url).get('/')).body).toMatchObject({ name: 'OuterPark', musicals: '/api/musicals' });
  const { body } = await request(gateway.url).get('/api/openapi.json').expect(200);
  expect(body).toMatchObject({
    openapi: '3.1.1',
    paths: { '/api/reservations': { post: { operationId: 'reserveSeats' } } },
  });
  expect(body.paths).not.toHaveProperty('/internal/holds');
  expect((await request(gateway.url).get('/livez')).status).toBe(200);
  expect((await request(gateway.url).get('/readyz')).status).toBe(200);
});

test('with METRICS_PORT the public port has no metrics', async () => {
  const metricsPort = await freePort();
  const apart = await gatewayTo({ METRICS_PORT: String(metricsPort) });
  try {
    expect((await sendRaw(gateway.url, 'GET', '/metrics')).body).toContain('gateway_streams_open');
    expect((await sendRaw(apart.url, 'GET', '/metrics')).status).toBe(404);
    expect((await sendRaw(apart.url, 'GET', '/livez')).status).toBe(200);
    expect((await sendRaw(`http://127.0.0.1:${metricsPort}`, 'GET', '/metrics')).body).toContain(
      'gateway_streams_open',
    );
  } finally {
    await apart.stop();
  }
});
