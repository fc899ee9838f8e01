import { numberOf } from './number-of';

test('whole numbers are read as people write them', () => {
  expect(['0', ' 12 ', '1,200', '1,234,567', '100000'].map(numberOf)).toEqual([0, 12, 1_200, 1_234_567, 100_000]);
});

test('anything else is no number', () => {
  for (const text of ['', ' ', '-1', '1.5', '1e3', '1,00', '12,3456', '٣', 'free', ',100']) {
    expect(numberOf(text)).toBeNaN();
  }
});
