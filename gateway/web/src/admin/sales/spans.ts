import type { SalesBucket, Sold } from '@outerpark/contracts/http/sales';
import { timeAt } from '../../format/venue-time';
import { PERIODS, type Period } from './sales-view';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** From `from` up to, and without, `to`: moments in UTC. */
export interface Range {
  from: string;
  to: string;
}

/**
 * The hours to ask for, in ranges of at most `most` hours: back from the hour that runs now, whole days of the venue's zone where
 * days are wanted. The API counts its days in UTC, so that days at the venue are put together from hours.
 */
export function rangesOf(period: Period, now: number, zone: string, most: number): Range[] {
  const end = Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS;
  const start = period === '24h' ? end - DAY_MS : midnightBefore(now, zone) - (PERIODS[period] - 1) * DAY_MS;
  const ranges: Range[] = [];
  for (let from = start; from < end; from += most * HOUR_MS) {
    const to = Math.min(end, from + most * HOUR_MS);
    ranges.push({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  }
  return ranges;
}

function midnightBefore(now: number, zone: string): number {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  return hour - Number(timeAt(new Date(hour).toISOString(), zone).slice(11, 13)) * HOUR_MS;
}

/** Hours put together to the days of the venue's zone. */
export function byDay(hours: SalesBucket[], zone: string): SalesBucket[] {
  const days = new Map<string, SalesBucket>();
  for (const hour of hours) {
    const day = timeAt(hour.from, zone).slice(0, 10);
    const before = days.get(day);
    days.set(
      day,
      before ? { ...before, ...plus(before, hour), cancelled: plus(before.cancelled, hour.cancelled) } : hour,
    );
  }
  return [...days.values()];
}

const NOTHING: Sold = { reservations: 0, seats: 0, amount: 0 };

/** All of it: what was sold, and what of what was sold was cancelled. */
export const totalOf = (buckets: SalesBucket[]): { sold: Sold; cancelled: Sold } => ({
  sold: buckets.reduce<Sold>(plus, NOTHING),
  cancelled: buckets.reduce<Sold>((sum, { cancelled }) => plus(sum, cancelled), NOTHING),
});

const plus = (a: Sold, b: Sold): Sold => ({
  reservations: a.reservations + b.reservations,
  seats: a.seats + b.seats,
  amount: a.amount + b.amount,
});
