import { settle } from './delivery';

const now = new Date('2026-01-10T10:00:00.000Z');
const policy = { firstMs: 5_000, longestMs: 600_000 };

test('what was sent or refused has come to its end', () => {
  expect(settle({ kind: 'sent' }, 1, now, policy)).toEqual({ status: 'sent' });
  expect(settle({ kind: 'refused', error: '550' }, 1, now, policy)).toEqual({ status: 'failed', reason: 'refused' });
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
