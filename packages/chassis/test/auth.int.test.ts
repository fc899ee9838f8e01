import { Router } from 'express';
import { decodeJwt } from 'jose';
import request from 'supertest';
import { createHttpApp } from '../src/http/app';
import {
  createTokenVerifier,
  requireCustomer,
  requireIdentity,
  requireRole,
  type TokenVerifier,
} from '../src/http/auth';
import { createLogger } from '../src/logger';
import { createMetrics } from '../src/metrics';
import { startTestIssuer, type TestIssuer } from '../src/testing/issuer';

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await startTestIssuer();
});
afterEach(() => issuer.stop());

const verifier = (clock = () => new Date()) =>
  createTokenVerifier({ issuer: issuer.issuer, audience: 'outerpark', clock });

const httpOf = (verify: TokenVerifier) => {
  const routes = Router();
  routes.get('/open', (req, res) => void res.json({ customerId: req.identity?.customerId ?? null }));
  routes.get('/mine', (req, res) => void res.json({ customerId: requireIdentity(req).customerId }));
  routes.get('/reserve', (req, res) => void res.json(requireCustomer(req).roles));
  routes.get('/admin', (req, res) => void res.json(requireRole(req, 'admin').roles));
  const logger = createLogger('test', 'silent');
  return request(createHttpApp({ logger, metrics: createMetrics('test'), ready: {}, routes, verify }));
};

test('a good token says who it is', async () => {
  const token = await issuer.token({
    sub: 'kim',
    roles: ['customer'],
    email: 'kim@example.com',
    name: '김',
    locale: 'en-GB',
  });
  await expect(verifier()(token)).resolves.toEqual({
    customerId: 'kim',
    roles: ['customer'],
    email: 'kim@example.com',
    name: '김',
    locale: 'en',
    token,
    expiresAt: decodeJwt(token).exp! * 1000,
  });
});

test('claims of another shape count as absent', async () => {
  const token = await issuer.token({ roles: 'admin', email: 7, locale: 'fr' } as never);
  const identity = await verifier()(token);
  expect(identity).toMatchObject({ roles: [], email: undefined, locale: 'ko' });
});

test('an address that is not proven is left out', async () => {
  const token = await issuer.token({ email: 'victim@example.com', email_verified: false });
  expect((await verifier()(token)).email).toBeUndefined();
});

const bad: [string, () => Promise<string>][] = [
  ['signed by another key', () => issuer.forged.otherKey()],
  ['not signed', () => issuer.forged.algNone()],
  ['signed with the public key as a secret', () => issuer.forged.symmetric()],
  ['expired', () => issuer.token({ expiresIn: '-1m' })],
  ['without an end', () => issuer.token({ expiresIn: null })],
  ['for another audience', () => issuer.token({ audience: 'another-app' })],
  ['of another issuer', () => issuer.token({ issuer: 'https://issuer.example' })],
  ['without a subject', () => issuer.token({ sub: undefined })],
  ['with a subject of control characters', () => issuer.token({ sub: 'a\0b' })],
  ['with an endless subject', () => issuer.token({ sub: 'x'.repeat(256) })],
  ['no token at all', () => Promise.resolve('hello')],
];

test.each(bad)('a token that is refused: %s', async (_, make) => {
  const answer = await httpOf(verifier())
    .get('/open')
    .auth(await make(), { type: 'bearer' });
  expect(answer.status).toBe(401);
  expect(answer.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
  expect(answer.body).toMatchObject({ type: 'urn:outerpark:problem:unauthenticated' });
});

test('who needs what', async () => {
  const http = httpOf(verifier());
  const as = async (path: string, roles?: string[]) => {
    const call = http.get(path);
    return (await (roles ? call.auth(await issuer.token({ roles }), { type: 'bearer' }) : call)).status;
  };
  expect([await as('/open'), await as('/mine'), await as('/admin')]).toEqual([200, 401, 401]);
  expect([await as('/mine', []), await as('/reserve', ['customer']), await as('/admin', ['admin'])]).toEqual([
    200, 200, 200,
  ]);
  expect([await as('/reserve', ['admin']), await as('/admin', ['customer'])]).toEqual([403, 403]);
});

test('who gives no token is asked for one, without blame', async () => {
  const answer = await httpOf(verifier()).get('/mine').expect(401);
  expect(answer.get('WWW-Authenticate')).toBe('Bearer');
  await httpOf(verifier()).get('/mine').set('Authorization', 'Basic eDp5').expect(401);
});

test('keys are fetched once, and a verified token is remembered until it expires', async () => {
  let now = Date.now();
  const verify = verifier(() => new Date(now));
  const token = await issuer.token({ expiresIn: '5m' });
  const first = await verify(token);
  expect(await verify(token)).toBe(first);
  await verify(await issuer.token({ sub: 'another' }));
  expect(issuer.keyRequests()).toBe(1);
  now += 306_000;
  await expect(verify(token)).rejects.toMatchObject({ problem: 'unauthenticated' });
});

test('an issuer is found under another address, and believed only when it names itself as expected', async () => {
  const name = 'https://tickets.example';
  const hidden = await startTestIssuer({ name });
  try {
    const discoveryUrl = `${hidden.url}/.well-known/openid-configuration`;
    const verify = (expected: string) => createTokenVerifier({ issuer: expected, audience: 'outerpark', discoveryUrl });
    await expect(verify(name)(await hidden.token())).resolves.toMatchObject({ customerId: 'customer-1' });
    const another = await hidden.token({ issuer: 'https://another.example' });
    await expect(verify(name)(another)).rejects.toMatchObject({ problem: 'unauthenticated' });
    await expect(verify('https://another.example')(another)).rejects.toMatchObject({ problem: 'service-unavailable' });
  } finally {
    await hidden.stop();
  }
});

test('known keys are used on while the issuer is away', async () => {
  const verify = verifier();
  await verify(await issuer.token());
  const token = await issuer.token({ sub: 'later' });
  await issuer.stop();
  await expect(verify(token)).resolves.toMatchObject({ customerId: 'later' });
});

test('without an issuer and without keys it is an outage, not a bad token, and it heals', async () => {
  const token = await issuer.token();
  const port = Number(new URL(issuer.issuer).port);
  await issuer.stop();
  const verify = verifier();
  const answer = await httpOf(verify).get('/mine').auth(token, { type: 'bearer' }).expect(503);
  expect(answer.get('Retry-After')).toBe('1');
  issuer = await startTestIssuer({ port });
  await expect(verify(await issuer.token())).resolves.toMatchObject({ customerId: 'customer-1' });
});
