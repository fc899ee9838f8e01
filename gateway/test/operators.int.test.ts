import type { AttentionItem, DeadLetter } from '@outerpark/contracts/http/operators';
import { systemReport, type ProcessReport } from '@outerpark/contracts/http/system';
import type { RunningService } from '@outerpark/chassis/service';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import request from 'supertest';
import { gatewayTo, NOWHERE } from './gateway';
import { startUpstream, type Answer, type Upstream } from './upstream';

const names = ['musical', 'reservation', 'notification', 'mypage', 'mypage2'] as const;
type Name = (typeof names)[number];

let issuer: TestIssuer;
let upstreams: Record<Name, Upstream>;
let gateway: RunningService;
let admin: string;
/** What each answers, by the path; payment is away. */
let answers: Partial<Record<Name, (path: string) => { status?: number; body: unknown }>>;
/** Takes every request and answers none. */
let silent: Name | undefined;

beforeAll(async () => {
  issuer = await startTestIssuer();
  admin = await issuer.token({ sub: 'root', roles: ['admin'] });
  const answer =
    (name: Name): Answer =>
    (_req, res, { path }) => {
      if (name === silent) return;
      const { status = 200, body } = answers[name]?.(path) ?? { body: { items: [], next: null } };
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      res.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
    };
  const started = await Promise.all(
    names.map(async (name) => [name, await startUpstream(name, answer(name))] as const),
  );
  upstreams = Object.fromEntries(started) as typeof upstreams;
  gateway = await gatewayTo({
    OIDC_ISSUER: issuer.issuer,
    MUSICAL_URL: upstreams.musical.url,
    RESERVATION_URL: upstreams.reservation.url,
    NOTIFICATION_URL: upstreams.notification.url,
    MYPAGE_URL: `${upstreams.mypage.url},${upstreams.mypage2.url}`,
  });
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([issuer.stop(), ...Object.values(upstreams).map((upstream) => upstream.kill())]);
});

beforeEach(() => {
  answers = {};
  silent = undefined;
  Object.values(upstreams).forEach(({ received }) => received.splice(0));
});

const get = (path: string) => request(gateway.url).get(path).auth(admin, { type: 'bearer' });
const post = (path: string) =>
  request(gateway.url)
    .post(path)
    .auth(admin, { type: 'bearer' })
    .set('Idempotency-Key', 'k')
    .send({ reason: 'told to' });
const item = (service: string, minute: number): AttentionItem => ({
  service,
  kind: 'thing',
  subject: `of-${service}`,
  since: `2026-11-23T10:${String(minute).padStart(2, '0')}:00.000Z`,
  what: 'It is late.',
  lastError: null,
  actions: [],
});
const letter = (service: string, position: number): DeadLetter => ({
  ...{
    service,
    id: `reservation.events-3-${position}`,
    topic: 'reservation.events',
    aggregate: 'a',
    type: 'SeatsReserved',
  },
  ...{ reason: 'broken', cause: 'c', queued: false, since: '2026-11-23T10:00:00.000Z' },
});

test('what all services say is one list, oldest first; who is away is said', async () => {
  answers = {
    musical: () => ({ body: { items: [item('musical', 5)], next: null } }),
    reservation: () => ({ body: { items: [item('reservation', 1), item('reservation', 9)], next: null } }),
    mypage2: () => ({ body: { items: [item('mypage-2', 3)], next: null } }),
  };
  const { body } = await get('/api/admin/attention').expect(200);
  expect((body.items as { service: string }[]).map(({ service }) => service)).toEqual([
    'reservation',
    'mypage-2',
    'musical',
    'reservation',
  ]);
  expect(body).toMatchObject({ next: null, unreachable: ['payment'] });
});

test('a page ends where the next one goes on, whose cursor goes to every service', async () => {
  answers = {
    musical: () => ({ body: { items: [item('musical', 5)], next: 'more' } }),
    reservation: () => ({ body: { items: [item('reservation', 1)], next: null } }),
  };
  const { body } = await get('/api/admin/attention?limit=1').expect(200);
  expect(body.items).toEqual([item('reservation', 1)]);
  await get(`/api/admin/attention?limit=1&cursor=${body.next}`).expect(200);
  for (const { received } of Object.values(upstreams)) {
    expect(received.map(({ path }) => path)).toEqual([
      '/api/admin/attention?limit=1',
      `/api/admin/attention?limit=1&cursor=${body.next}`,
    ]);
  }
});

test('a service that fails is missing as one that is away', async () => {
  answers = { musical: () => ({ status: 503, body: { type: 'urn:outerpark:problem:service-unavailable' } }) };
  const { body } = await get('/api/admin/attention').expect(200);
  expect(body.unreachable).toEqual(['musical', 'payment']);
});

test('what two replicas of mypage have set aside is one dead letter', async () => {
  answers = {
    mypage: () => ({ body: { items: [letter('mypage', 7)], next: null } }),
    mypage2: () => ({ body: { items: [letter('mypage', 7)], next: null } }),
    reservation: () => ({ body: { items: [letter('reservation', 7)], next: null } }),
  };
  const { body } = await get('/api/admin/dead-letters').expect(200);
  expect((body.items as { service: string }[]).map(({ service }) => service)).toEqual(['mypage', 'reservation']);
});

test('a replay goes to whoever has that dead letter, every replica of mypage among them', async () => {
  const done = (service: string) => ({ body: { service, replayed: 1, failed: [] } });
  const none = () => ({ status: 404, body: { type: 'urn:outerpark:problem:not-found', title: 'none', status: 404 } });
  answers = { musical: none, reservation: none, notification: none };
  answers = { ...answers, mypage: () => done('mypage'), mypage2: () => done('mypage') };
  const path = '/api/admin/dead-letters/reservation.events-3-7/replay';
  const { body } = await post(`${path}?service=mypage`).expect(200);
  expect(body).toEqual({ items: [done('mypage').body, done('mypage').body], unreachable: [] });
  expect(upstreams.mypage2.received).toMatchObject([
    { method: 'POST', path, body: '{"reason":"told to"}', headers: { 'idempotency-key': 'k' } },
  ]);
  expect(upstreams.musical.received).toEqual([]);
  expect((await post(path).expect(200)).body.unreachable).toEqual(['payment']);
  await post(`${path}?service=musical`).expect(404);
});

test('a refusal of all is handed on', async () => {
  const status = 400;
  const refuse = () => ({ status, body: { type: 'urn:outerpark:problem:invalid-request', title: 'no', status } });
  answers = { musical: refuse, reservation: refuse, notification: refuse, mypage: refuse, mypage2: refuse };
  const { body } = await get('/api/admin/attention?cursor=x').expect(400);
  expect(body.type).toBe('urn:outerpark:problem:invalid-request');
  await get('/api/admin/attention?service=nobody').expect(400);
});

test('seats and money are let go by reservation only; no other action is known', async () => {
  await post('/api/admin/attention/hold/0b8f7e0c/release').expect(200);
  await post('/api/admin/attention/payment/0b8f7e0c/refund').expect(200);
  expect(upstreams.reservation.received.map(({ path }) => path)).toEqual([
    '/api/admin/attention/hold/0b8f7e0c/release',
    '/api/admin/attention/payment/0b8f7e0c/refund',
  ]);
  await post('/api/admin/attention/hold/0b8f7e0c/refund').expect(404);
  await post('/api/admin/attention/constructor/a/toString').expect(404);
});

describe('the system', () => {
  const well = (service: string): ProcessReport => ({
    ...{ service, ready: true, uptimeSeconds: 5, breakers: [], consumers: [], outbox: { oldestSeconds: 0 } },
  });
  const seen = async () => systemReport.parse((await get('/api/admin/system').expect(200)).body);

  test('is told by every replica for itself; who is away or in trouble is shown as such', async () => {
    const catchingUp = { ...well('mypage'), ready: false, notReady: 'view: catching up' };
    answers = {
      musical: () => ({ body: well('musical') }),
      reservation: () => ({ status: 503, body: { type: 'urn:outerpark:problem:service-unavailable' } }),
      notification: () => ({ body: { something: 'else' } }),
      mypage: () => ({ body: well('mypage') }),
      mypage2: () => ({ body: catchingUp }),
    };
    const { services, unreachable } = await seen();
    const nothing = { ready: false, uptimeSeconds: null, breakers: [], consumers: [] };
    const silent = { ...nothing, reachable: true, notReady: 'it does not say how it is' };
    expect(services).toEqual([
      expect.objectContaining({ service: 'gateway', url: gateway.url, reachable: true, ready: true }),
      { ...well('musical'), url: upstreams.musical.url, reachable: true },
      { ...silent, service: 'reservation', url: upstreams.reservation.url },
      { ...nothing, service: 'payment', url: NOWHERE, reachable: false, notReady: 'it gave no answer' },
      { ...silent, service: 'notification', url: upstreams.notification.url },
      { ...well('mypage'), url: upstreams.mypage.url, reachable: true },
      { ...catchingUp, url: upstreams.mypage2.url, reachable: true },
    ]);
    expect(unreachable).toEqual([`payment at ${NOWHERE}`]);
  });

  test('is told in time when a replica takes the question and does not answer', async () => {
    silent = 'mypage2';
    const { unreachable } = await seen();
    expect(unreachable).toEqual([`payment at ${NOWHERE}`, `mypage at ${upstreams.mypage2.url}`]);
  });
});

test('what admins ask of one service goes to it', async () => {
  await get('/api/admin/sales?by=hour').expect(200);
  await get('/api/admin/reservations?q=hedwig').expect(200);
  await get('/api/admin/seats?musicalId=x').expect(200);
  expect(upstreams.reservation.received.map(({ path }) => path)).toEqual([
    '/api/admin/sales?by=hour',
    '/api/admin/reservations?q=hedwig',
  ]);
  expect(upstreams.musical.received.map(({ path }) => path)).toEqual(['/api/admin/seats?musicalId=x']);
});

test('nobody but an admin gets so far as a service', async () => {
  const alice = await issuer.token({ sub: 'alice', roles: ['customer'] });
  for (const path of ['attention', 'system', 'sales', 'reservations', 'seats']) {
    await request(gateway.url).get(`/api/admin/${path}`).expect(401);
    await request(gateway.url).get(`/api/admin/${path}`).auth(alice, { type: 'bearer' }).expect(403);
  }
  await request(gateway.url).post('/api/admin/attention/hold/a/release').auth(alice, { type: 'bearer' }).expect(403);
  expect(Object.values(upstreams).flatMap(({ received }) => received)).toEqual([]);
});
