import { problem } from '@outerpark/chassis/errors';
import { invalidToken, type TokenVerifier } from '@outerpark/chassis/http/token-verifier';
import type { Request, Response } from 'express';
import type { Cookies } from './cookies';
import { createSeal } from './seal';
import { createSessions } from './sessions';

const HOUR_MS = 3_600_000;
const seal = createSeal(['a-secret-that-is-long-enough-for-us']);
/** A browser's cookies by name; requests and answers stand for nothing else here. */
const jar = new Map<string, string>();
const cookies: Cookies = {
  read: (_req, name) => jar.get(name),
  write: (_res, name, value) => value.length < 4_000 && !!jar.set(name, value),
  clear: (_res, name) => void jar.delete(name),
};
const [req, res] = [{} as Request, {} as Response];

const renew = jest.fn();
/** Any token is good for an hour, unless its name says otherwise. */
const verify: TokenVerifier = (token) => {
  const expiresAt = Date.now() + (token.startsWith('short') ? 60_000 : HOUR_MS);
  return token.startsWith('bad')
    ? Promise.reject(invalidToken('no'))
    : Promise.resolve({ customerId: token, roles: [], locale: 'ko', token, expiresAt });
};
const process = () => createSessions({ seal, cookies, issuer: { renew }, verify, longestMs: 12 * HOUR_MS });
const sessions = process();

beforeEach(() => {
  jar.clear();
  renew.mockReset();
});
afterEach(() => jest.restoreAllMocks());
const later = (ms: number) => {
  const then = Date.now() + ms;
  jest.spyOn(Date, 'now').mockImplementation(() => then);
};
const AWAY = { problem: 'service-unavailable' };

test('without a refresh token a session lasts as long as the access token', async () => {
  await sessions.begin(res, { access: 'a1' });
  expect([...jar.keys()]).toEqual(['session']);
  const session = await sessions.of(req, res);
  expect(session).toMatchObject({ accessToken: 'a1', csrfToken: expect.stringMatching(/^[\w-]{43}$/) });
  expect(session!.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(HOUR_MS);
  jar.delete('session');
  expect(await sessions.of(req, res)).toBeUndefined();
});

test('with one the next access token is got, once for all who wait, and the session stays the same', async () => {
  await sessions.begin(res, { access: 'a1', refresh: 'r1' });
  const first = (await sessions.of(req, res))!;
  expect(first.expiresAt.getTime() - Date.now()).toBeGreaterThan(11 * HOUR_MS);
  jar.delete('session');
  renew.mockResolvedValue({ access: 'a2', refresh: 'r2' });
  const all = await Promise.all([1, 2, 3].map(() => sessions.of(req, res)));
  for (const one of all) expect(one).toEqual({ ...first, accessToken: 'a2' });
  expect(renew.mock.calls).toEqual([['r1']]);

  jar.delete('session');
  renew.mockResolvedValue({ access: 'a3' });
  expect(await sessions.of(req, res)).toEqual({ ...first, accessToken: 'a3' });
  jar.delete('session');
  renew.mockResolvedValue({ access: 'a4' });
  await sessions.of(req, res);
  expect(renew.mock.calls).toEqual([['r1'], ['r2']]);
});

test('ends when the issuer gives no further token, and stands while the issuer is away', async () => {
  await sessions.begin(res, { access: 'a1', refresh: 'r5' });
  jar.delete('session');
  renew.mockRejectedValueOnce(problem('service-unavailable'));
  await expect(sessions.of(req, res)).rejects.toMatchObject(AWAY);
  expect([...jar.keys()]).toEqual(['refresh']);
  renew.mockRejectedValue(problem('invalid-request'));
  await expect(sessions.of(req, res)).rejects.toMatchObject(AWAY);
  later(2_000);
  expect(await sessions.of(req, res)).toBeUndefined();
  expect([...jar.keys()]).toEqual([]);
});

test('is renewed ahead of its end where a page asks about it, and stands when that does not go well', async () => {
  await sessions.begin(res, { access: 'short-1', refresh: 'r6' });
  expect(await sessions.of(req, res)).toMatchObject({ accessToken: 'short-1' });
  expect(renew).not.toHaveBeenCalled();
  for (const failure of ['invalid-request', 'service-unavailable'] as const) {
    renew.mockRejectedValueOnce(problem(failure));
    expect(await sessions.of(req, res, true)).toMatchObject({ accessToken: 'short-1' });
    expect([...jar.keys()]).toEqual(['session', 'refresh']);
  }
  renew.mockResolvedValueOnce({ access: 'a2', refresh: 'r7' });
  expect(await sessions.of(req, res, true)).toMatchObject({ accessToken: 'a2' });
  expect(await sessions.of(req, res, true)).toMatchObject({ accessToken: 'a2' });
  expect(renew.mock.calls).toEqual([['r6'], ['r6'], ['r6']]);
});

test('is not lost when two processes renew it at the same moment, and the issuer gives only one of them the next token', async () => {
  const used = new Set<string>();
  renew.mockImplementation((token: string) => {
    if (used.has(token)) return Promise.reject(problem('invalid-request'));
    used.add(token);
    return Promise.resolve({ access: `access-after-${token}`, refresh: `${token}+` });
  });
  const [one, other] = [process(), process()];
  await one.begin(res, { access: 'a1', refresh: 'r8' });
  jar.delete('session');
  const before = new Map(jar);
  const first = await one.of(req, res);
  const after = new Map(jar);
  // The other one has got the same cookies, and its answer arrives last.
  jar.clear();
  before.forEach((value, name) => jar.set(name, value));
  await expect(other.of(req, res)).rejects.toMatchObject(AWAY);
  expect(jar).toEqual(before);
  after.forEach((value, name) => jar.set(name, value));
  expect(await other.of(req, res)).toEqual(first);
  jar.delete('session');
  expect(await other.of(req, res)).toMatchObject({ accessToken: 'access-after-r8+', csrfToken: first!.csrfToken });
});

test('does not begin with a token that is not for us, or too large for a cookie', async () => {
  await expect(sessions.begin(res, { access: 'bad' })).rejects.toMatchObject({ problem: 'bad-gateway' });
  await expect(sessions.begin(res, { access: 'a'.repeat(4_000) })).rejects.toMatchObject({ problem: 'bad-gateway' });
  expect([...jar.keys()]).toEqual([]);
});

test('ends with a token that is not good any more', async () => {
  const until = Date.now() + HOUR_MS;
  jar.set('session', await seal.close('session', { token: 'bad', csrf: 'c', until }, new Date(until)));
  expect(await sessions.of(req, res)).toBeUndefined();
  expect([...jar.keys()]).toEqual([]);
});
