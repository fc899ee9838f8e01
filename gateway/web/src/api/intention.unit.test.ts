import { CallFailed, offline, type FailureKind } from './failure';
import { makeIntention } from './intention';

const intention = () => {
  let keys = 0;
  return makeIntention(undefined, () => `key-${++keys}`);
};
const failed = (status: number, kind: FailureKind = 'internal-error') => new CallFailed({ ...offline(), kind, status });

test('pressed twice, and tried again without an answer, it is one intention', () => {
  const { keyFor, settled } = intention();
  expect(keyFor({ name: 'Hedwig' })).toBe('key-1');
  expect(keyFor({ name: 'Hedwig' })).toBe('key-1');
  for (const status of [0, 429, 500, 503, 504]) {
    settled(failed(status));
    expect(keyFor({ name: 'Hedwig' })).toBe('key-1');
  }
});

test('while the first try is in flight, the next one is still the same', () => {
  const { keyFor, settled } = intention();
  keyFor({ name: 'Hedwig' });
  settled(failed(409, 'request-in-flight'));
  expect(keyFor({ name: 'Hedwig' })).toBe('key-1');
});

test('another request is another intention', () => {
  const { keyFor } = intention();
  expect(keyFor({ seats: 1 })).toBe('key-1');
  expect(keyFor({ seats: 2 })).toBe('key-2');
});

test('after a definite answer the same request is asked anew', () => {
  const { keyFor, settled } = intention();
  keyFor({ capacity: 3 });
  settled(failed(409));
  expect(keyFor({ capacity: 3 })).toBe('key-2');
  settled(null);
  expect(keyFor({ capacity: 3 })).toBe('key-3');
});

test('keys are UUIDs', () => {
  expect(makeIntention().keyFor({})).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
