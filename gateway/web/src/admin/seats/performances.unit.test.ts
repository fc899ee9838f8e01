import type { GradeSeats } from '@outerpark/contracts/http/musicals';
import { performancesOf } from './performances';

test('grades lie under their performances, and the earliest comes first', () => {
  const performances = performancesOf([
    grade('second', 'VIP', '2099-05-02T10:30:00.000Z'),
    grade('first', 'VIP', '2099-05-01T10:30:00.000Z'),
    grade('second', 'R', '2099-05-02T10:30:00.000Z'),
  ]);
  expect(performances.map(({ performanceId, grades }) => [performanceId, grades.map((one) => one.grade)])).toEqual([
    ['first', ['VIP']],
    ['second', ['VIP', 'R']],
  ]);
  expect(performancesOf([])).toEqual([]);
});

const grade = (performanceId: string, name: string, startsAt: string): GradeSeats => ({
  ...{ performanceId, startsAt, grade: name, musicalId: 'm', musical: 'Hedwig', venue: 'Hall', gradeId: name },
  ...{ price: 1, capacity: 1, free: 1, held: 0, sold: 0 },
});
