import { z } from 'zod';
import { moment } from '../values';

/** The longest range has so many hours or days. */
export const MOST_BUCKETS = 1_000;

/** A moment since the year 1: PostgreSQL has no year 0. */
const time = moment.refine((text) => text >= '0001', 'must lie after the year 0');

/**
 * Query of `GET /api/admin/sales`: from `from` up to, and without, `to`. Without `to` until now; without `from` the last two days
 * by hour, the last thirty by day.
 */
export const salesQuery = z.object({
  musicalId: z.uuid().optional(),
  performanceId: z.uuid().optional(),
  by: z.enum(['hour', 'day']).default('day'),
  from: time.optional(),
  to: time.optional(),
});
export type SalesQuery = z.infer<typeof salesQuery>;

const count = z.int().min(0);

/** How many, and their price in KRW. */
export const sold = z.object({ reservations: count, seats: count, amount: count });
export type Sold = z.infer<typeof sold>;

/**
 * One hour or day (UTC) of the range, which begins at `from`: what was confirmed in it, whatever became of it later, and what was
 * cancelled in it after it had been confirmed. What was never paid is in neither.
 */
export const salesBucket = sold.extend({ from: moment, cancelled: sold });
export type SalesBucket = z.infer<typeof salesBucket>;

/** All buckets that the range touches, in order, also those in which nothing happened. */
export const sales = z.object({ items: z.array(salesBucket) }).meta({
  id: 'Sales',
  examples: [
    {
      items: [
        {
          from: '2026-11-23T00:00:00.000Z',
          reservations: 12,
          seats: 27,
          amount: 3_150_000,
          cancelled: { reservations: 1, seats: 2, amount: 300_000 },
        },
      ],
    },
  ],
});
export type Sales = z.infer<typeof sales>;
