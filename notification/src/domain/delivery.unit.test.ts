import { settle } from './delivery';

const now = new Date('2026-01-10T10:00:00.000Z');
const policy = { firstMs: 5_000, longestMs: 600_000 };

test('what was sent or refused has come to its end', () => {
  expect(settle({ kind: 'sent' }, 1, now, policy)).toEqual({ status: 'sent' });
  expect(settle({ kind: 'refused', error: '550' }, 1, now, policy)).toEqual({ status: 'failed', reason: 'refused' });
});

test.each([
  ['seconds', 60_000, 60],
  ['a day', 86_400_000, 3_600],
  ['less than our own pause', 1_000, 5],
])('who asks to be left alone for %s is asked later', (_, retryAfterMs, seconds) => {
  expect(settle({ kind: 'failed', error: '429', retryAfterMs }, 1, now, policy)).toEqual({
    status: 'pending',
    nextTryAt: new Date(now.getTime() + seconds * 1000),
  });
});

test.each([
  [1, 5],
  [2, 10],
  [3, 20],
  [7, 320],
  [8, 600],
  [1_000, 600],
])('after failed try %i the next one is %i s later', (tries, seconds) => {
  expect(settle({ kind: 'failed', error: '451' }, tries, now, policy)).toEqual({
    status: 'pending',
    nextTryAt: new Date(now.getTime() + seconds * 1000),
  });
});
