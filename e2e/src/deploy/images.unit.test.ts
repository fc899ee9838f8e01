import { tagOf } from './images';

const now = new Date('2026-05-01T10:30:00.000Z');

test('what is committed is called by its commit', () => {
  expect(tagOf('0123456789ab', false, now)).toBe('0123456789ab');
});

test('what was changed since has the time in its tag, so that no node takes it for the same', () => {
  expect(tagOf('0123456789ab', true, now)).toBe('0123456789ab-20260501T103000');
});
