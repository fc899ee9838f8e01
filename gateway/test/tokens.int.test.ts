import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { gatewayOperations } from '../src/document';
import { gatewayTo, sendRaw } from './gateway';
import { startUpstream, type Upstream } from './upstream';

const ID = '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11';
const SERVICES = ['MUSICAL', 'RESERVATION', 'PAYMENT', 'NOTIFICATION', 'MYPAGE'];

let issuer: TestIssuer;
let upstream: Upstream;
let gateway: RunningService;

beforeAll(async () => {
  [issuer, upstream] = await Promise.all([startTestIssuer(), startUpstream('any')]);
  const urls = Object.fromEntries(SERVICES.map((name) => [`${name}_URL`, upstream.url]));
  gateway = await gatewayTo({ OIDC_ISSUER: issuer.issuer, ...urls });
});
beforeEach(() => upstream.received.splice(0));
afterAll(async () => {
  await gateway.stop();
  await Promise.all([issuer.stop(), upstream.kill()]);
});

const seen = async (token: string, method = 'GET', path = '/api/mypage') =>
  (await sendRaw(gateway.url, method, path, { authorization: `Bearer ${token}` })).status;
const now = () => Math.floor(Date.now() / 1000);

const guarded = gatewayOperations
  .filter(({ who }) => who !== 'anyone')
  .map(({ method, path }) => [method.toUpperCase(), path.replace(/:(id|gradeId)/g, ID).replace(/:\w+/g, 'x')] as const);

test.each(guarded)('%s %s takes no forged token', async (method, path) => {
  const admin = { sub: 'mallory', roles: ['admin', 'customer'] };
  const bad = {
    expired: await issuer.token({ ...admin, expiresIn: '-1m' }),
    'without an end': await issuer.token({ ...admin, expiresIn: null }),
    'for others': await issuer.token({ ...admin, audience: 'somebody-else' }),
    'of another issuer': await issuer.token({ ...admin, issuer: 'https://elsewhere.example' }),
    'by another key': await issuer.forged.otherKey(admin),
    'alg none': await issuer.forged.algNone(admin),
    'by the public key as a secret': await issuer.forged.symmetric(admin),
    'no token': 'x',
  };
  for (const [what, token] of Object.entries(bad))
    expect({ what, status: await seen(token, method, path) }).toEqual({ what, status: 401 });
  expect(upstream.received).toEqual([]);
});

test('the clocks of the issuer and of ours may differ by seconds, and not by more', async () => {
  expect(await seen(await issuer.token({ expiresIn: '-2s' }))).toBe(200);
  expect(await seen(await issuer.token({ expiresIn: '-20s' }))).toBe(401);
  expect(await seen(await issuer.token({ nbf: now() + 2 }))).toBe(200);
  expect(await seen(await issuer.token({ nbf: now() + 20 }))).toBe(401);
});

test('a token may be for others too', async () => {
  expect(await seen(await issuer.token({ audience: ['account', issuer.audience] }))).toBe(200);
  expect(await seen(await issuer.token({ audience: ['account'] }))).toBe(401);
});

test('the issuer changes its key: the new one is found by itself, and forged tokens do not make us ask for it again and again', async () => {
  const before = await issuer.token({ sub: 'before' });
  expect(await seen(before)).toBe(200);
  await issuer.rotate();
  const after = await issuer.token({ sub: 'after' });
  await eventually(async () => expect(await seen(after)).toBe(200), { withinMs: 15_000, everyMs: 250 });
  const asked = issuer.keyRequests();
  await issuer.rotate();
  // Just asked: a key that nobody knows has to wait, however many say that they have one.
  const unknown = await Promise.all(Array.from({ length: 20 }, (_, index) => issuer.token({ sub: `${index}` })));
  expect(new Set(await Promise.all(unknown.map((token) => seen(token))))).toEqual(new Set([401]));
  expect(issuer.keyRequests()).toBe(asked);
  // What was verified is remembered to its end.
  expect(await seen(before)).toBe(200);
});
