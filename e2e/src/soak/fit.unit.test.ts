import { fit, lows, percentile, settled } from './fit';

const line = (...ys: number[]) => ys.map((y, x) => ({ x, y }));

test('a line through points', () => {
  expect(fit(line(1, 3, 5, 7))).toEqual({ slope: 2, mean: 4 });
  expect(fit(line(5, 1, 5, 1, 5)).slope).toBe(0);
  expect(fit(line(4))).toEqual({ slope: 0, mean: 4 });
  expect(fit([])).toEqual({ slope: 0, mean: 0 });
});

test('the first third does not count', () => {
  expect(settled(line(9, 9, 1, 2, 3, 4, 5)).map(({ y }) => y)).toEqual([1, 2, 3, 4, 5]);
});

test('of a sawtooth the lows', () => {
  expect(lows(line(10, 30, 50, 11, 31, 51, 12, 32), 3).map(({ y }) => y)).toEqual([10, 11, 12]);
});

test('percentiles', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([51, 100, 0]);
});
