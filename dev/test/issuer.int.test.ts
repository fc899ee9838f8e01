import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Running } from '../src/http/serve';
import { startIssuer } from '../src/issuer/start';
import { demoToken } from '../src/issuer/token';
import { freePort } from '../src/servers/free-port';

const REDIRECT_URI = 'http://localhost:8080/auth/callback';

let dataDir: string;
let issuer: Running;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'issuer-'));
  issuer = await startIssuer({ port: await freePort(), dataDir });
});
afterEach(async () => {
  await issuer.stop();
  rmSync(dataDir, { recursive: true });
});

/** As a resource server does it: everything from the discovery document. */
const verify = async (token: string) => {
  const discovery = await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json();
  const { issuer: name, jwks_uri } = discovery as { issuer: string; jwks_uri: string };
  return jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), {
    issuer: name,
    audience: 'outerpark',
    typ: 'at+jwt',
  });
};

describe('a token by the name of a demo account', () => {
  test.each([
    ['alice', { roles: ['customer'], name: 'Alice', email: 'alice@example.com', locale: 'ko' }],
    ['bob', { roles: ['customer'], name: 'Bob', email: 'bob@example.com', locale: 'en' }],
    ['admin', { roles: ['admin'], name: 'Admin', email: 'admin@example.com', locale: 'en' }],
  ])('%s gets one that verifies and says who it is', async (account, claims) => {
    const token = await demoToken(issuer.url, account);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', kid: expect.any(String) as string });
    const { payload } = await verify(token);
    expect(payload).toMatchObject({ sub: account, iss: issuer.url, aud: 'outerpark', ...claims });
    expect(payload.exp! - payload.iat!).toBe(8 * 60 * 60);
  });

  test('an unknown name gets none', async () => {
    await expect(demoToken(issuer.url, 'carol')).rejects.toThrow('only alice, bob, admin');
  });

  test('the web client may not ask so', async () => {
    const grant_type = 'urn:outerpark:grant-type:demo-account';
    const body = new URLSearchParams({ grant_type, client_id: 'outerpark-web', account: 'alice' });
    const answer = await fetch(`${issuer.url}/token`, { method: 'POST', body });
    expect(answer.status).toBe(400);
  });

  test('a token outlives a restart', async () => {
    const token = await demoToken(issuer.url, 'alice');
    await issuer.stop();
    issuer = await startIssuer({ port: issuer.port, dataDir });
    await expect(verify(token)).resolves.toMatchObject({ payload: { sub: 'alice' } });
    await expect(verify(await demoToken(issuer.url, 'alice'))).resolves.toBeDefined();
  });
});

describe('authorization code with PKCE', () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  /** A browser: keeps cookies, and follows redirects within the issuer. */
  const browser = () => {
    const cookies = new Map<string, string>();
    const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
      const answer = await fetch(new URL(url, issuer.url), {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
        if (value) cookies.set(name!, value);
        else cookies.delete(name!);
      }
      const location = answer.headers.get('location');
      if (location && new URL(location, issuer.url).origin === issuer.url) return visit(location);
      return Object.defineProperty(answer, 'url', { value: new URL(url, issuer.url).href });
    };
    return visit;
  };
  const authorizationUrl = (changes: Record<string, string> = {}) =>
    `/auth?${new URLSearchParams({
      client_id: 'outerpark-web',
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid profile email',
      state: 'state-1',
      nonce: 'nonce-1',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...changes,
    }).toString()}`;
  const signIn = async (): Promise<URL> => {
    const visit = browser();
    const login = await visit(authorizationUrl());
    expect(await login.text()).toContain('value="bob"');
    const back = await visit(login.url, { account: 'bob' });
    return new URL(back.headers.get('location')!);
  };
  const exchange = (code: string, code_verifier: string) =>
    fetch(`${issuer.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'outerpark-web',
        redirect_uri: REDIRECT_URI,
        code,
        code_verifier,
      }),
    });

  test('choosing an account leads back with a code, which gives the same kind of token and an ID token', async () => {
    const back = await signIn();
    expect(back.href).toContain(REDIRECT_URI);
    expect(back.searchParams.get('state')).toBe('state-1');

    const answer = await exchange(back.searchParams.get('code')!, verifier);
    expect(answer.status).toBe(200);
    const tokens = (await answer.json()) as { access_token: string; id_token: string };
    const { payload } = await verify(tokens.access_token);
    expect(payload).toMatchObject({
      sub: 'bob',
      roles: ['customer'],
      email: 'bob@example.com',
      name: 'Bob',
      locale: 'en',
    });

    const jwks = createRemoteJWKSet(new URL(`${issuer.url}/jwks`));
    const id = await jwtVerify(tokens.id_token, jwks, { issuer: issuer.url, audience: 'outerpark-web' });
    expect(id.payload).toMatchObject({ sub: 'bob', nonce: 'nonce-1', email: 'bob@example.com', locale: 'en' });
  });

  test('a code is of no use without its verifier, and of none twice', async () => {
    const code = (await signIn()).searchParams.get('code')!;
    expect((await exchange(code, randomBytes(32).toString('base64url'))).status).toBe(400);
    expect((await exchange(code, verifier)).status).toBe(200);
    expect((await exchange(code, verifier)).status).toBe(400);
  });

  test('nobody is sent to an address that is not registered', async () => {
    const answer = await browser()(authorizationUrl({ redirect_uri: 'http://localhost:8080/elsewhere' }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  test('a sign-in that is not there has a page that says so', async () => {
    const answer = await fetch(`${issuer.url}/login/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('sign in again');
  });
});
