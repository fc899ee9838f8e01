import type { RunningService } from '@outerpark/chassis/service';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { freePort } from '@outerpark/dev/servers/free-port';
import { startIssuer } from '@outerpark/dev/issuer/start';
import { demoToken } from '@outerpark/dev/issuer/token';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { createSeal } from '../src/session/seal';
import { newBrowser, PUBLIC_URL, type Browser } from './browser';
import { gatewayTo } from './gateway';
import { startUpstream, type Upstream } from './upstream';

const SECRET = 'the-first-secret-of-these-tests-is-long';
const OTHER_SECRET = 'another-secret-of-these-tests-is-long';
const ID = '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11';

let dataDir: string;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
let upstream: Upstream;
let gateway: RunningService;
const others: RunningService[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'issuer-'));
  issuer = await startIssuer({ port: await freePort(), dataDir });
  upstream = await startUpstream('any');
  gateway = await start({});
});
beforeEach(() => upstream.received.splice(0));
afterEach(() => Promise.all(others.splice(0).map((other) => other.stop())));
afterAll(async () => {
  await gateway.stop();
  await Promise.all([issuer.stop(), upstream.kill()]);
  rmSync(dataDir, { recursive: true });
});

const start = (env: Record<string, string>) =>
  gatewayTo({
    ...{ OIDC_ISSUER: issuer.url, SESSION_SECRET: SECRET, PUBLIC_URL },
    ...{ MUSICAL_URL: upstream.url, RESERVATION_URL: upstream.url, MYPAGE_URL: upstream.url },
    ...env,
  });
const another = async (env: Record<string, string>) => {
  const other = await start(env);
  others.push(other);
  return other;
};
const signedIn = async (account = 'alice'): Promise<Browser> => {
  const browser = newBrowser(gateway.url);
  expect((await browser.signIn(account)).status).toBe(302);
  return browser;
};
const sessionOf = async (browser: Browser) => (await browser.open('/api/session')).json();
const NOBODY = { customer: null, csrfToken: null, expiresAt: null };
const type = (name: string) => ({ type: `urn:outerpark:problem:${name}` });

describe('a sign-in', () => {
  test('leads to the issuer and back to where it began, and then the cookie is who it is', async () => {
    const browser = newBrowser(gateway.url);
    expect(await sessionOf(browser)).toEqual(NOBODY);
    const back = await browser.signIn('alice', '/mypage?tab=1#top');
    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe(`${PUBLIC_URL}/mypage?tab=1#top`);
    expect(await sessionOf(browser)).toEqual({
      customer: { id: 'alice', name: 'Alice', email: 'alice@example.com', locale: 'ko', roles: ['customer'] },
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });

    await browser.open('/api/mypage');
    const { headers } = upstream.received[0]!;
    expect(headers.authorization).toMatch(/^Bearer eyJ/);
    expect(headers).not.toHaveProperty('cookie');
  });

  test('leaves one cookie, out of reach for scripts, that holds nothing readable', async () => {
    const browser = await signedIn();
    expect([...browser.cookies.get(gateway.url)!.keys()]).toEqual(['outerpark-8080-session']);
    const cookie = browser.setCookies.find((text) => text.startsWith('outerpark-8080-session='))!;
    expect(cookie).toMatch(/; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const readable = cookie.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(readable.join()).not.toMatch(/alice|eyJ/);
  });

  test('by https gets cookies that are bound to this very host', async () => {
    const secure = await another({ PUBLIC_URL: 'https://tickets.example' });
    const answer = await request(secure.url).get('/auth/login');
    expect(answer.headers['set-cookie']![0]).toMatch(
      /^__Host-outerpark-sign-in=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    const { searchParams } = new URL(answer.headers.location!);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      redirect_uri: 'https://tickets.example/auth/callback',
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile email',
    });
  });

  test('comes back to the address by which it began, when we have several', async () => {
    const both = await another({ PUBLIC_URL: `${PUBLIC_URL},http://localhost:8080` });
    const answer = await request(both.url).get('/auth/login').set('host', 'localhost:8080');
    expect(new URL(answer.headers.location!).searchParams.get('redirect_uri')).toBe(
      'http://localhost:8080/auth/callback',
    );
    const stranger = await request(both.url).get('/auth/login').set('host', 'evil.example');
    expect(new URL(stranger.headers.location!).searchParams.get('redirect_uri')).toBe(`${PUBLIC_URL}/auth/callback`);
  });

  test.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'evil.example',
    'http:evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    `/${'a'.repeat(2_000)}`,
  ])('never leads to %j', async (wanted) => {
    const back = await newBrowser(gateway.url).signIn('alice', wanted);
    expect(back.headers.get('location')).toBe(`${PUBLIC_URL}/`);
  });

  test.each([
    ['/..//evil.example', '//evil.example'],
    ['/@evil.example', '/@evil.example'],
    ['/\r\nSet-Cookie: a=b', '/Set-Cookie:%20a=b'],
  ])('stays with us at %j', async (wanted, path) => {
    const back = await newBrowser(gateway.url).signIn('alice', wanted);
    expect(back.headers.get('location')).toBe(PUBLIC_URL + path);
  });

  test('that was begun elsewhere, with another state, twice or refused lets nobody in', async () => {
    const refused = { status: 400, body: type('invalid-request') };
    const callback = (query: string, cookie = '') =>
      request(gateway.url).get(`/auth/callback?${query}`).set('cookie', cookie);
    expect(await callback('code=a&state=b')).toMatchObject(refused);

    const begun = await request(gateway.url).get('/auth/login');
    const cookie = begun.headers['set-cookie']![0]!.split(';')[0]!;
    const state = new URL(begun.headers.location!).searchParams.get('state')!;
    const iss = encodeURIComponent(issuer.url);
    for (const query of [
      `code=a&state=other&iss=${iss}`,
      `code=a&iss=${iss}`,
      `code=a&state=${state}&state=${state}&iss=${iss}`,
      `code=a&state=${state}&iss=https%3A%2F%2Fevil.example`,
      `code=a&state=${state}&iss=${iss}`,
      `error=access_denied&state=${state}&iss=${iss}`,
    ]) {
      const { status, body, headers } = await callback(query, cookie);
      expect({ query, status, body }).toMatchObject({ query, ...refused });
      expect(headers['set-cookie']).toEqual([expect.stringMatching(/^outerpark-8080-sign-in=;/)]);
    }
  });

  test('that fails shows a page to a browser, which says why and how to go on', async () => {
    const html = { accept: 'text/html,*/*;q=0.8' };
    const callback = (query: string, cookie = '') =>
      request(gateway.url).get(`/auth/callback?${query}`).set(html).set('cookie', cookie);
    const begun = async () => {
      const answer = await request(gateway.url).get('/auth/login?return=%2Fmypage%3Fa%3D1');
      const state = new URL(answer.headers.location!).searchParams.get('state')!;
      return { cookie: answer.headers['set-cookie']![0]!.split(';')[0]!, state };
    };
    const iss = encodeURIComponent(issuer.url);
    const back = 'return=%2Fmypage%3Fa%3D1';
    const shows = (location: string) => ({ status: 303, headers: { location, 'cache-control': 'no-store' } });

    expect(await callback('code=a&state=b')).toMatchObject(shows('/sign-in-failed?why=ended'));
    const wrong = await begun();
    expect(await callback(`code=a&state=other&iss=${iss}`, wrong.cookie)).toMatchObject(
      shows(`/sign-in-failed?why=invalid&${back}`),
    );
    const denied = await begun();
    const answer = await callback(`error=access_denied&state=${denied.state}&iss=${iss}`, denied.cookie);
    expect(answer).toMatchObject(shows(`/sign-in-failed?why=refused&${back}`));
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^outerpark-8080-sign-in=;/)]);

    const lonely = await another({ OIDC_ISSUER: 'http://127.0.0.1:1' });
    const login = (wanted: string) => request(lonely.url).get(`/auth/login?return=${wanted}`).set(html);
    expect(await login('%2Fmypage')).toMatchObject(shows('/sign-in-failed?why=unavailable&return=%2Fmypage'));
    expect(await login('%2F%2Fevil.example')).toMatchObject(shows('/sign-in-failed?why=unavailable&return=%2F'));
  });

  test('is 503 while the issuer is away, and is looked for again', async () => {
    const port = await freePort();
    const patient = await another({ OIDC_ISSUER: `http://127.0.0.1:${port}` });
    const away = await request(patient.url).get('/auth/login');
    expect(away).toMatchObject({ status: 503, body: type('service-unavailable'), headers: { 'retry-after': '1' } });
    const late = await startIssuer({ port, dataDir });
    try {
      expect((await request(patient.url).get('/auth/login')).status).toBe(302);
    } finally {
      await late.stop();
    }
  });
});

describe('with a session', () => {
  test('what changes something needs the token from our own page', async () => {
    const browser = await signedIn();
    const csrf = await browser.csrfToken();
    const send = async (method: string, path: string, headers: Record<string, string>) => {
      const answer = await browser.open(path, { method, headers });
      return { status: answer.status, body: answer.status < 300 ? undefined : await answer.json() };
    };
    const writes = [
      ['POST', '/api/reservations'],
      ['DELETE', `/api/reservations/${ID}`],
      ['PATCH', `/api/musicals/${ID}/grades/${ID}`],
      ['POST', '/auth/logout'],
    ] as const;
    const bad: Record<string, string>[] = [
      {},
      { 'x-csrf-token': '' },
      { 'x-csrf-token': `${csrf.slice(1)}x` },
      { 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' },
      { 'x-csrf-token': csrf, 'sec-fetch-site': 'same-site' },
      { 'x-csrf-token': csrf, origin: 'https://evil.example' },
      { 'x-csrf-token': csrf, origin: 'null' },
    ];
    for (const [method, path] of writes) {
      for (const headers of bad)
        expect({ path, headers, ...(await send(method, path, headers)) }).toMatchObject({
          status: 403,
          body: type('csrf-token-invalid'),
        });
    }
    expect(upstream.received).toEqual([]);
    const own = { 'x-csrf-token': csrf, 'sec-fetch-site': 'same-origin', origin: PUBLIC_URL };
    expect(await send('POST', '/api/reservations', own)).toMatchObject({ status: 200 });
    expect(upstream.received[0]!.headers).not.toHaveProperty('x-csrf-token');
  });

  test('no form, no odd content and no other name of the method gets past that', async () => {
    const browser = await signedIn();
    const kinds = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'a/b', ''];
    for (const kind of kinds) {
      const headers = { origin: PUBLIC_URL, ...(kind && { 'content-type': kind }) };
      const answer = await browser.open('/api/reservations', { method: 'POST', headers, body: Buffer.from('{"a":1}') });
      expect({ kind, status: answer.status }).toEqual({ kind, status: 403 });
    }
    expect(upstream.received).toEqual([]);
    const disguised = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    await browser.open(`/api/reservations/${ID}?_method=DELETE`, { headers: disguised });
    expect(upstream.received).toMatchObject([{ method: 'GET' }]);
  });

  test('another one’s token is of no use', async () => {
    const [alice, bob] = [await signedIn('alice'), await signedIn('bob')];
    const headers = { 'x-csrf-token': await bob.csrfToken() };
    expect((await alice.open('/api/reservations', { method: 'POST', headers })).status).toBe(403);
  });

  test('a bearer token wins, and needs no other', async () => {
    const browser = await signedIn('alice');
    const headers = { authorization: `Bearer ${await demoToken(issuer.url, 'bob')}` };
    expect((await browser.open('/api/reservations', { method: 'POST', headers })).status).toBe(200);
    expect(upstream.received[0]!.headers).toMatchObject(headers);
    expect(upstream.received[0]!.headers).not.toHaveProperty('cookie');
    expect(await (await browser.open('/api/session', { headers })).json()).toMatchObject({
      customer: { id: 'bob' },
      csrfToken: null,
    });
    expect((await browser.open('/api/mypage', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  test('signing out ends it, and the next one is asked who he is', async () => {
    const browser = await signedIn('alice');
    const headers = { 'x-csrf-token': await browser.csrfToken() };
    expect((await browser.open('/auth/logout', { method: 'POST', headers })).status).toBe(204);
    expect(await sessionOf(browser)).toEqual(NOBODY);
    expect((await browser.open('/api/mypage')).status).toBe(401);
    await browser.signIn('bob');
    expect(await sessionOf(browser)).toMatchObject({ customer: { id: 'bob' } });
  });

  test('nobody can be signed out from elsewhere', async () => {
    const answer = await request(gateway.url).post('/auth/logout').set('sec-fetch-site', 'cross-site');
    expect(answer.status).toBe(204);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });
});

describe('a cookie', () => {
  test('of another name than ours by https, as a neighbour of our host could set it, is nobody’s', async () => {
    const secure = await another({ PUBLIC_URL: 'https://tickets.example' });
    const value = (await signedIn()).cookieHeader().split('=')[1]!;
    const customerBy = async (cookie: string) =>
      (await request(secure.url).get('/api/session').set('cookie', cookie)).body.customer?.id as string | undefined;
    expect(await customerBy(`__Host-outerpark-session=${value}`)).toBe('alice');
    for (const name of ['outerpark-session', 'outerpark-8080-session', '__host-outerpark-session', '__Secure-session'])
      expect(await customerBy(`${name}=${value}`)).toBeUndefined();
    expect(await customerBy(`a=1; outerpark-session=x; __Host-outerpark-session=${value}; b=2`)).toBe('alice');
  });

  test('that was tampered with, or is of another kind, is nobody’s', async () => {
    const browser = await signedIn();
    const [name, value = ''] = browser.cookieHeader().split('=');
    const parts = value.split('.');
    const begun = await request(gateway.url).get('/auth/login');
    const signIn = begun.headers['set-cookie']![0]!.split(';')[0]!.split('=')[1]!;
    const flipped = (part: string) => (part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`);
    const bad = [
      '',
      'x',
      value.slice(0, -1),
      ...[0, 2, 3, 4].map((index) => parts.map((part, at) => (at === index ? flipped(part) : part)).join('.')),
      signIn,
      await demoToken(issuer.url, 'alice'),
    ];
    for (const text of bad) {
      const cookie = `${name}=${text}`;
      expect((await request(gateway.url).get('/api/session').set('cookie', cookie)).body).toEqual(NOBODY);
      expect((await request(gateway.url).get('/api/mypage').set('cookie', cookie)).status).toBe(401);
      expect((await request(gateway.url).get('/api/musicals').set('cookie', cookie)).status).toBe(200);
    }
    expect((await request(gateway.url).get('/api/session').set('cookie', `${name}=${value}`)).body).toMatchObject({
      customer: { id: 'alice' },
    });
  });

  test('outlives its secret for as long as that still decrypts', async () => {
    const cookie = (await signedIn()).cookieHeader();
    const customerAt = async (secrets: string) => {
      const { url } = await another({ SESSION_SECRET: secrets });
      return (await request(url).get('/api/session').set('cookie', cookie)).body.customer?.id as string | undefined;
    };
    expect(await customerAt(`${OTHER_SECRET},${SECRET}`)).toBe('alice');
    expect(await customerAt(OTHER_SECRET)).toBeUndefined();
  });
});

describe('a session whose token', () => {
  let tokens: TestIssuer;
  let url: string;
  beforeAll(async () => (tokens = await startTestIssuer()));
  beforeEach(async () => ({ url } = await another({ OIDC_ISSUER: tokens.issuer })));
  afterAll(() => tokens.stop());

  /** As the gateway made it, when it still believed in the token. */
  const cookieWith = async (token: string, endsIn = 60_000) => {
    const end = Date.now() + endsIn;
    const text = await createSeal([SECRET]).close('session', { token, csrf: 'c', until: end }, new Date(end));
    return `outerpark-8080-session=${text}`;
  };
  const seen = async (cookie: string) => {
    const of = async (path: string) => (await request(url).get(path).set('cookie', cookie)).status;
    const session = await request(url).get('/api/session').set('cookie', cookie);
    return {
      customer: session.body.customer?.id as unknown,
      mine: await of('/api/mypage'),
      all: await of('/api/musicals'),
    };
  };

  test('is good, is somebody', async () => {
    const cookie = await cookieWith(await tokens.token({ sub: 'alice' }));
    expect(await seen(cookie)).toEqual({ customer: 'alice', mine: 200, all: 200 });
  });

  test('has ended, is forged or is for others, is nobody’s, and its cookie goes', async () => {
    const bad = await Promise.all([
      tokens.token({ expiresIn: '-1m' }),
      tokens.token({ audience: 'somebody-else' }),
      tokens.token({ issuer: 'https://elsewhere.example' }),
      tokens.forged.otherKey(),
      tokens.forged.algNone(),
      tokens.forged.symmetric(),
    ]);
    for (const token of bad) {
      const cookie = await cookieWith(token);
      expect(await seen(cookie)).toEqual({ customer: undefined, mine: 401, all: 200 });
      const { headers } = await request(url).get('/api/session').set('cookie', cookie);
      expect(headers['set-cookie']).toContainEqual(expect.stringMatching(/^outerpark-8080-session=; .*1970/));
    }
    expect(await seen(await cookieWith(await tokens.token(), -1_000))).toEqual({
      ...{ customer: undefined, mine: 401, all: 200 },
    });
    expect(upstream.received.every(({ path }) => path === '/api/musicals')).toBe(true);
  });

  test('cannot be checked, because the issuer is away, is not called signed out', async () => {
    const cookie = await cookieWith(await tokens.token());
    ({ url } = await another({ OIDC_ISSUER: 'http://127.0.0.1:1' }));
    expect(await seen(cookie)).toMatchObject({ mine: 503, all: 200 });
    expect((await request(url).get('/api/session').set('cookie', cookie)).status).toBe(503);
  });
});
