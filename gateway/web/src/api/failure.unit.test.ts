import { CallFailed, failureIn, failureOf, offline, retryAfter } from './failure';
import { failureKey } from './failure-text';
import { mayPass, pauseBefore } from './query-client';

const NOW = Date.parse('2026-11-25T03:00:00.000Z');
const answered = (status: number, name: string, members: object = {}, headers: Record<string, string> = {}) =>
  failureOf(
    status,
    new Headers(headers),
    { type: `urn:outerpark:problem:${name}`, title: 'x', status, ...members },
    NOW,
  );

describe('a failed call', () => {
  it('carries what the problem says', () => {
    const failure = answered(
      409,
      'seats-unavailable',
      { detail: '3 seats of VIP are free', free: 3, grade: 'VIP', correlationId: 'c-1' },
      { 'x-correlation-id': 'c-header' },
    );
    expect(failure).toMatchObject({
      kind: 'seats-unavailable',
      status: 409,
      free: 3,
      grade: 'VIP',
      correlationId: 'c-1',
    });
    expect(answered(409, 'customer-limit-reached', { maxPerCustomer: 4 }).maxPerCustomer).toBe(4);
  });

  it('takes the correlation id from the header when the body has none', () => {
    expect(answered(500, 'internal-error', {}, { 'x-correlation-id': 'c-2' }).correlationId).toBe('c-2');
  });

  it.each([undefined, 'text', { type: 'about:blank' }, null])('is unreadable when the body is %p', (body) => {
    expect(failureOf(502, new Headers(), body, NOW)).toMatchObject({ kind: 'unreadable', status: 502 });
  });

  it('is found in what was thrown, and anything else is unreadable', () => {
    expect(failureIn(new CallFailed(offline())).kind).toBe('offline');
    expect(failureIn(new TypeError('x is undefined'))).toMatchObject({ kind: 'unreadable', status: 0 });
  });
});

describe('Retry-After', () => {
  it.each([
    [null, null],
    ['7', 7],
    ['Wed, 25 Nov 2026 03:00:30 GMT', 30],
    ['Wed, 25 Nov 2026 02:59:00 GMT', 0],
    ['soon', null],
  ])('%p is %p seconds', (header, seconds) => {
    expect(retryAfter(header, NOW)).toBe(seconds);
  });
});

describe('the sentence for a failure', () => {
  it.each([
    [offline(), 'errors.offline'],
    [answered(401, 'unauthenticated'), 'errors.unauthenticated'],
    [answered(403, 'forbidden'), 'errors.forbidden'],
    [answered(404, 'not-found'), 'errors.notFound'],
    [answered(422, 'idempotency-key-reused'), 'errors.invalid'],
    [answered(429, 'too-many-requests'), 'errors.tooMany'],
    [answered(503, 'service-unavailable'), 'errors.unavailable'],
    [answered(500, 'internal-error'), 'errors.unknown'],
  ])('%# is chosen by what happened', (failure, key) => {
    expect(failureKey(failure)).toBe(key);
  });
});

describe('reading again by itself', () => {
  it('is for what may pass, never for a refusal', () => {
    expect([0, 429, 500, 503].every(mayPass)).toBe(true);
    expect([400, 401, 403, 404, 409].some(mayPass)).toBe(false);
  });

  it('waits as long as the answer asked for, else longer every time', () => {
    expect([0, 1, 2].map((tries) => pauseBefore(tries, null))).toEqual([1000, 2000, 4000]);
    expect(pauseBefore(0, 5)).toBe(5000);
    expect(pauseBefore(0, 600)).toBe(30_000);
  });
});
