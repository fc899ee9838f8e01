import { barsOf, labelled, stepOf } from './bars';

const area = { left: 50, top: 10, width: 300, height: 200 };

test('bars share the width in order of time and stand on the zero line', () => {
  const { bars, zero } = barsOf([span(4), span(2), span(0)], area);
  expect(bars).toHaveLength(3);
  expect(bars[0]!.x).toBeGreaterThan(50);
  expect(bars[2]!.x + bars[2]!.width).toBeLessThan(350);
  expect(bars[0]!.sold).toEqual({ y: 10, height: 200 });
  expect(bars[1]!.sold).toEqual({ y: 110, height: 100 });
  expect(bars[2]!.sold.height).toBe(0);
  expect(zero).toBe(210);
});

test('what was cancelled hangs below zero, on the same scale', () => {
  const { bars, ticks, zero } = barsOf([span(30, 10)], area);
  expect(ticks.map(({ value }) => value)).toEqual([30, 20, 10, 0, -10]);
  expect(zero).toBeCloseTo(160);
  expect(bars[0]!.sold.height).toBeCloseTo(150);
  expect(bars[0]!.cancelled).toEqual({ y: 160, height: 50 });
});

test('nothing at all is a scale of one and no bars', () => {
  const { bars, ticks } = barsOf([span(0), span(0)], area);
  expect(bars.every(({ sold, cancelled }) => sold.height === 0 && cancelled.height === 0)).toBe(true);
  expect(ticks.map(({ value }) => value)).toEqual([1, 0]);
  expect(barsOf([], area).bars).toEqual([]);
});

test('one seat beside many is still seen', () => {
  const { bars } = barsOf([span(1, 1), span(1_000_000)], area);
  expect(bars[0]!.sold.height).toBe(1);
  expect(bars[0]!.cancelled.height).toBe(1);
});

test('steps are round and whole', () => {
  expect([0, 1, 4, 7, 23, 90, 4_500_000].map(stepOf)).toEqual([1, 1, 1, 2, 10, 50, 2_000_000]);
});

test('labels that would touch are left out', () => {
  expect(labelled(4, 400, 80)).toEqual([0, 1, 2, 3]);
  expect(labelled(24, 300, 60)).toEqual([0, 5, 10, 15, 20]);
  expect(labelled(0, 300, 60)).toEqual([]);
});

const span = (sold: number, cancelled = 0) => ({ sold, cancelled });
