import { losses, ratiosOf } from './baseline';

const baseline = { reserve100ToHttpFloor: 0.2, musicalToHttpFloor: 0.6 };

test('only ratios are compared, not what a machine makes of them', () => {
  expect(ratiosOf({ httpFloor: 4_000, reserve100: 400, reserve100ToHttpFloor: 0.1 })).toEqual({
    reserve100ToHttpFloor: 0.1,
  });
});

test('a loss is a ratio of less than two fifths of what it was', () => {
  expect(losses(baseline, { reserve100ToHttpFloor: 0.07, musicalToHttpFloor: 0.4 })).toEqual([
    { name: 'reserve100ToHttpFloor', was: 0.2, is: 0.07 },
  ]);
});

test('what was not measured, and what nobody has measured before, is no loss', () => {
  expect(losses(baseline, { musicalToHttpFloor: 0.7, holds50ToHotRowFloor: 0.1 })).toEqual([]);
});
