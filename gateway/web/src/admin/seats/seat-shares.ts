export interface Seats {
  free: number;
  held: number;
  sold: number;
}

export interface Share {
  kind: keyof Seats;
  seats: number;
  /** Of the bar, in percent: whatever is there is at least `LEAST` wide. All shares together are 100. */
  width: number;
  /** Of the seats, in whole percent: all together are 100. */
  percent: number;
}

/** A single seat in a big hall can still be seen. */
const LEAST = 1.5;
const ORDER = ['sold', 'held', 'free'] as const;

/** The parts of a stacked bar, in their order. A grade without seats has none. */
export function sharesOf(seats: Seats): Share[] {
  const parts = ORDER.map((kind) => ({ kind, seats: seats[kind] })).filter((part) => part.seats > 0);
  const all = parts.reduce((sum, part) => sum + part.seats, 0);
  const narrow = parts.filter((part) => (part.seats / all) * 100 < LEAST);
  const ofWide = all - narrow.reduce((sum, part) => sum + part.seats, 0);
  const left = 100 - LEAST * narrow.length;
  const percents = percentsOf(parts.map((part) => part.seats));
  return parts.map((part, index) => ({
    ...part,
    width: narrow.includes(part) ? LEAST : (part.seats / ofWide) * left,
    percent: percents[index]!,
  }));
}

/** Whole percents that together are 100: the largest remainders are rounded up. */
export function percentsOf(numbers: number[]): number[] {
  const all = numbers.reduce((sum, number) => sum + number, 0);
  if (all === 0) return numbers.map(() => 0);
  const exact = numbers.map((number) => (number / all) * 100);
  const whole = exact.map(Math.floor);
  const lacking = 100 - whole.reduce((sum, number) => sum + number, 0);
  const byRemainder = exact.map((value, index) => ({ index, rest: value - whole[index]! }));
  const up = new Set(
    byRemainder
      .sort((a, b) => b.rest - a.rest)
      .slice(0, lacking)
      .map(({ index }) => index),
  );
  return whole.map((value, index) => value + (up.has(index) ? 1 : 0));
}

export const together = (all: Seats[]): Seats =>
  all.reduce((sum, { free, held, sold }) => ({ free: sum.free + free, held: sum.held + held, sold: sum.sold + sold }), {
    ...{ free: 0, held: 0, sold: 0 },
  });
