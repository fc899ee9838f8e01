import { MOST_BUCKETS, type SalesBucket, type SalesQuery, type Sold } from '@outerpark/contracts/http/sales';

/** From `from` up to, and without, `to`, by hour or day. */
export interface SalesRange {
  by: SalesQuery['by'];
  from: Date;
  to: Date;
}

/** What was sold, or cancelled, in the hour or day (UTC) that begins at `from`. */
export interface Counted extends Sold {
  from: Date;
  what: 'sold' | 'cancelled';
}

const HOUR_MS = 3_600_000;
const STEP_MS = { hour: HOUR_MS, day: 24 * HOUR_MS };
/** How far back it goes when nobody says. */
const USUAL_MS = { hour: 48 * HOUR_MS, day: 30 * 24 * HOUR_MS };
const YEAR_1 = new Date('0001-01-01T00:00:00.000Z');

/** The range that is asked for, or what is wrong with it and where. */
export function salesRange({ by, from, to }: SalesQuery, now: Date): SalesRange | { path: string; message: string } {
  const end = to === undefined ? now : new Date(to);
  const usual = Math.max(end.getTime() - USUAL_MS[by], YEAR_1.getTime());
  const range = { by, from: new Date(from ?? usual), to: end };
  if (range.from > range.to)
    return { path: 'from', message: 'Must not lie after `to`, which is now unless it is given' };
  if (bucketsOf(range) > MOST_BUCKETS) return { path: 'from', message: `At most ${MOST_BUCKETS} ${by}s at once` };
  return range;
}

/** Every hour or day that the range touches, in order, with what is in it. A range that ends where it begins touches none. */
export function asBuckets(range: SalesRange, counted: Counted[]): SalesBucket[] {
  const step = STEP_MS[range.by];
  const first = Math.floor(range.from.getTime() / step);
  const at = (what: Counted['what']) =>
    new Map(counted.filter((one) => one.what === what).map(({ from, ...one }) => [from.getTime(), soldOf(one)]));
  const sold = at('sold');
  const cancelled = at('cancelled');
  return Array.from({ length: bucketsOf(range) }, (_, index) => {
    const time = (first + index) * step;
    return {
      from: new Date(time).toISOString(),
      ...(sold.get(time) ?? NOTHING),
      cancelled: cancelled.get(time) ?? NOTHING,
    };
  });
}

const NOTHING: Sold = { reservations: 0, seats: 0, amount: 0 };
const soldOf = ({ reservations, seats, amount }: Sold): Sold => ({ reservations, seats, amount });

const bucketsOf = ({ by, from, to }: SalesRange): number =>
  from < to ? Math.ceil(to.getTime() / STEP_MS[by]) - Math.floor(from.getTime() / STEP_MS[by]) : 0;
