import type { SalesBucket } from '@outerpark/contracts/http/sales';
import { byDay, rangesOf, totalOf } from './spans';

const SEOUL = 'Asia/Seoul';
// 10:20 in the morning in Seoul.
const NOW = Date.parse('2026-11-25T01:20:00.000Z');

test('the last day is the 24 hours up to the end of the hour that runs', () => {
  expect(rangesOf('24h', NOW, SEOUL, 1000)).toEqual([
    { from: '2026-11-24T02:00:00.000Z', to: '2026-11-25T02:00:00.000Z' },
  ]);
});

test('seven days begin at midnight at the venue, six days ago', () => {
  expect(rangesOf('7d', NOW, SEOUL, 1000)).toEqual([
    { from: '2026-11-18T15:00:00.000Z', to: '2026-11-25T02:00:00.000Z' },
  ]);
});

test('a long time is asked for in parts that touch', () => {
  const ranges = rangesOf('90d', NOW, SEOUL, 1000);
  expect(ranges).toHaveLength(3);
  expect(ranges[0]!.from).toBe('2026-08-27T15:00:00.000Z');
  expect(ranges[1]!.from).toBe(ranges[0]!.to);
  expect(ranges[2]!.from).toBe(ranges[1]!.to);
  expect(ranges[2]!.to).toBe('2026-11-25T02:00:00.000Z');
  for (const { from, to } of ranges) expect(Date.parse(to) - Date.parse(from)).toBeLessThanOrEqual(1000 * 3_600_000);
});

test('hours are put together to days at the venue, with what was cancelled', () => {
  const hours = [
    hour('2026-11-24T14:00:00.000Z', 2, 1),
    hour('2026-11-24T15:00:00.000Z', 3),
    hour('2026-11-24T16:00:00.000Z', 4, 2),
  ];
  const days = byDay(hours, SEOUL);
  expect(days.map(({ from, seats, cancelled }) => [from, seats, cancelled.seats])).toEqual([
    ['2026-11-24T14:00:00.000Z', 2, 1],
    ['2026-11-24T15:00:00.000Z', 7, 2],
  ]);
});

test('the total is of everything that was sold and cancelled', () => {
  const { sold, cancelled } = totalOf([hour('2026-11-24T14:00:00.000Z', 2, 1), hour('2026-11-24T15:00:00.000Z', 3)]);
  expect(sold).toEqual({ reservations: 2, seats: 5, amount: 5000 });
  expect(cancelled).toEqual({ reservations: 1, seats: 1, amount: 1000 });
  expect(totalOf([]).sold.amount).toBe(0);
});

const sold = (seats: number) => ({ reservations: seats > 0 ? 1 : 0, seats, amount: seats * 1000 });
const hour = (from: string, seats: number, cancelled = 0): SalesBucket => ({
  ...sold(seats),
  ...{ from, cancelled: sold(cancelled) },
});
