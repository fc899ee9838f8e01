import type { Musical } from '@outerpark/contracts/http/musicals';

export type Performance = Musical['performances'][number];
export type Grade = Performance['grades'][number];

/** At or below this share of its seats, or this number, a grade is nearly sold out. */
const FEW_SHARE = 0.05;
const FEW_SEATS = 10;

export type Supply = 'soldOut' | 'few' | 'free';

export const supplyOf = ({ free, capacity }: Pick<Grade, 'free' | 'capacity'>): Supply => {
  if (free <= 0) return 'soldOut';
  return free <= Math.max(FEW_SEATS, capacity * FEW_SHARE) && free < capacity ? 'few' : 'free';
};

/** All grades of a performance, or of several, as if they were one. */
export const together = (performances: Performance[]): { free: number; capacity: number } =>
  performances
    .flatMap(({ grades }) => grades)
    .reduce((sum, { free, capacity }) => ({ free: sum.free + free, capacity: sum.capacity + capacity }), {
      free: 0,
      capacity: 0,
    });

/** KRW; null where there is nothing to buy. */
export const lowestPrice = (performances: Performance[]): number | null => {
  const prices = performances.flatMap(({ grades }) => grades.map(({ price }) => price));
  return prices.length === 0 ? null : Math.min(...prices);
};

export const hasBegun = ({ startsAt }: Pick<Performance, 'startsAt'>, now: number): boolean =>
  Date.parse(startsAt) <= now;

/** Those that can still be booked, or all when none can, soonest first. */
export const upcoming = (performances: Performance[], now: number): Performance[] => {
  const inOrder = [...performances].sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  const ahead = inOrder.filter((performance) => !hasBegun(performance, now));
  return ahead.length > 0 ? ahead : inOrder;
};
