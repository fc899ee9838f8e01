import { percentsOf, sharesOf, together } from './seat-shares';

test('a bar is its sold, held and free seats, and nothing else', () => {
  expect(sharesOf({ free: 50, held: 20, sold: 30 })).toEqual([
    { kind: 'sold', seats: 30, width: 30, percent: 30 },
    { kind: 'held', seats: 20, width: 20, percent: 20 },
    { kind: 'free', seats: 50, width: 50, percent: 50 },
  ]);
});

test('what is not there is no part of it, and a grade without seats has none', () => {
  expect(sharesOf({ free: 10, held: 0, sold: 0 }).map(({ kind }) => kind)).toEqual(['free']);
  expect(sharesOf({ free: 0, held: 0, sold: 0 })).toEqual([]);
});

test('one seat of ten thousand can be seen, and the bar stays whole', () => {
  const shares = sharesOf({ free: 9_998, held: 1, sold: 1 });
  expect(shares.map(({ width }) => width)).toEqual([1.5, 1.5, 97]);
  expect(shares.map(({ percent }) => percent)).toEqual([0, 0, 100]);
});

test('whole percents are 100 together', () => {
  expect(percentsOf([1, 1, 1])).toEqual([34, 33, 33]);
  expect(percentsOf([2, 1])).toEqual([67, 33]);
  expect(percentsOf([0, 0])).toEqual([0, 0]);
});

test('grades add up', () => {
  const first = { free: 1, held: 2, sold: 3 };
  expect(together([first, { free: 10, held: 0, sold: 1 }])).toEqual({ free: 11, held: 2, sold: 4 });
  expect(together([])).toEqual({ free: 0, held: 0, sold: 0 });
});
