import { outcomeOf } from './chat';

const now = new Date('2026-01-10T10:00:00.000Z');
const answered = (status: number, headers: Record<string, string> = {}) =>
  outcomeOf({ status, headers: new Headers(headers) }, now);

test.each([200, 202, 204])('%i is sent', (status) => {
  expect(answered(status)).toEqual({ kind: 'sent' });
});

test.each([400, 404, 410, 422])('%i is a definite no', (status) => {
  expect(answered(status)).toEqual({ kind: 'refused', error: `answered ${status}` });
});

test.each([302, 307, 401, 403, 408, 425, 429, 500, 503])('%i may pass', (status) => {
  expect(answered(status)).toEqual({ kind: 'failed', error: `answered ${status}` });
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Sat, 10 Jan 2026 10:05:00 GMT', 300_000],
  ['Sat, 10 Jan 2026 09:00:00 GMT', 0],
  ['soon', undefined],
])('is asked again after "%s"', (header, retryAfterMs) => {
  expect(answered(429, { 'retry-after': header })).toEqual({ kind: 'failed', error: 'answered 429', retryAfterMs });
});
