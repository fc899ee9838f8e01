import { registerMusical } from '@outerpark/contracts/http/musicals';
import { demoMusicals } from './demo-musicals';

const now = new Date('2026-11-23T23:30:00.000Z');

test('every demo musical can be registered, and plays in the evening of a day to come', () => {
  for (const musical of demoMusicals(now)) {
    const parsed = registerMusical.parse(musical);
    if (!('performances' in parsed)) throw new Error('The long form was meant.');
    for (const { startsAt } of parsed.performances) {
      expect(startsAt).toMatch(/T10:30:00\.000Z$/);
      expect(Date.parse(startsAt)).toBeGreaterThan(now.getTime());
    }
  }
});

test('one has one performance with one grade, for the short form of a reservation', () => {
  const shapes = demoMusicals(now).map((musical) =>
    'performances' in musical ? musical.performances.map(({ grades }) => grades.length) : [],
  );
  expect(shapes).toContainEqual([1]);
});
