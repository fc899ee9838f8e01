import { span } from './span';

test('a length of time is told in its largest unit', () => {
  expect([0, 416, 3_250, 59_999, 60_000, 3_599_000, 90_000_000].map((ms) => span(ms, 'en'))).toEqual([
    ...['0 ms', '416 ms', '3.2 sec', '59 sec', '1 min', '59 min', '1 day'],
  ]);
  expect(span(3 * 86_400_000, 'en')).toBe('3 days');
  expect(span(5_000, 'ko')).toBe('5초');
});
