import type { Request } from 'express';
import { decideClaim, fingerprint, isStored, readKey, type IdempotencyRow } from './idempotency';

const NOW = new Date('2026-11-23T10:00:00.000Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const row = (changes: Partial<IdempotencyRow> = {}): IdempotencyRow => ({
  fingerprint: 'same',
  resourceId: 'r-1',
  status: null,
  body: null,
  claimedAt: ago(1_000),
  createdAt: ago(1_000),
  ...changes,
});
const DAY = 24 * 3_600_000;

test.each([
  ['a key that nobody used', undefined, { kind: 'new' }],
  ['a key that is a day old', row({ status: 201, body: {}, createdAt: ago(DAY) }), { kind: 'new' }],
  ['an answer', row({ status: 201, body: { a: 1 } }), { kind: 'replay', status: 201, body: { a: 1 } }],
  ['an answer to another body', row({ status: 201, fingerprint: 'other' }), { kind: 'mismatch' }],
  ['a first request in flight', row(), { kind: 'in-flight' }],
  ['another request in flight', row({ fingerprint: 'other' }), { kind: 'mismatch' }],
  ['a first request that died', row({ claimedAt: ago(30_000) }), { kind: 'take-over', resourceId: 'r-1' }],
  ['another request that died', row({ claimedAt: ago(30_000), fingerprint: 'other' }), { kind: 'mismatch' }],
  ['a freed key', row({ claimedAt: null }), { kind: 'take-over', resourceId: 'r-1' }],
  ['a freed key of another body', row({ claimedAt: null, fingerprint: 'other' }), { kind: 'new' }],
])('%s', (_, found, decision) => {
  expect(decideClaim(found, 'same', NOW)).toEqual(decision);
});

test('what is stored is what would be decided the same again', () => {
  const statuses = [200, 201, 202, 204, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504];
  expect(statuses.filter(isStored)).toEqual([200, 201, 202, 204, 400, 404, 409]);
});

test('a fingerprint is of the meaning, not of the order', () => {
  expect(fingerprint({ a: 1, b: { c: [1, 2], d: null } })).toBe(fingerprint({ b: { d: null, c: [1, 2] }, a: 1 }));
  const different = [undefined, null, {}, [], { a: 1 }, { a: '1' }, [1, 2], [2, 1], { members: [['a', 1]] }];
  expect(new Set(different.map(fingerprint)).size).toBe(different.length);
});

test.each(['', 'a b', 'é', 'x'.repeat(256)])(
  'a key that is not 1 to 255 visible ASCII characters is refused: %p',
  (key) => {
    const request = { get: () => key } as unknown as Request;
    expect(() => readKey(request)).toThrow(expect.objectContaining({ problem: 'invalid-request' }) as Error);
  },
);

test('a request may be without a key', () => {
  expect(readKey({ get: () => undefined } as unknown as Request)).toBeUndefined();
  expect(readKey({ get: () => 'order-17' } as unknown as Request)).toBe('order-17');
});

test('a body that is nested too deeply is the caller’s fault, not the end of the stack', () => {
  const nested = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown;
  expect(() => fingerprint(nested)).toThrow('The body is nested too deeply');
  expect(fingerprint(JSON.parse('['.repeat(50) + ']'.repeat(50)))).toEqual(expect.any(String));
});
