import { z } from 'zod';
import { EXAMPLE, EXAMPLE_HOLD } from './examples';
import { label, moment, MOST_SEATS, pricedLine, seatCount, won } from '../values';

const line = z.strictObject({ grade: label, seats: seatCount });

const seatsOf = (lines: { seats: number }[]): number => lines.reduce((sum, { seats }) => sum + seats, 0);

/** What to hold: so many seats of a musical with one performance and one grade, or lines of a performance, each grade once. */
export const wantedSeats = z
  .union([
    z.strictObject({ musicalId: z.uuid(), seats: seatCount }),
    z.strictObject({
      performanceId: z.uuid(),
      lines: z
        .array(line)
        .min(1)
        .max(20)
        .refine((lines) => new Set(lines.map(({ grade }) => grade)).size === lines.length, 'each grade at most once')
        .refine((lines) => seatsOf(lines) <= MOST_SEATS, 'too many seats at once'),
    }),
  ])
  .meta({
    id: 'WantedSeats',
    examples: [
      { musicalId: EXAMPLE.musicalId, seats: 2 },
      { performanceId: EXAMPLE.performanceId, lines: [{ grade: 'VIP', seats: 2 }] },
    ],
  });
export type WantedSeats = z.infer<typeof wantedSeats>;

/**
 * `POST /internal/holds`, reservation to musical only, with the customer's token; repeated with the same reservationId it
 * gives the same answer.
 */
export const holdRequest = z.strictObject({ reservationId: z.uuid().toLowerCase(), wanted: wantedSeats }).meta({
  id: 'HoldRequest',
  examples: [{ reservationId: EXAMPLE.reservationId, wanted: { musicalId: EXAMPLE.musicalId, seats: 2 } }],
});
export type HoldRequest = z.infer<typeof holdRequest>;

/** A header of it: for how many milliseconds the request had been under way in the reservation service when musical was asked. */
export const WAITED_HEADER = 'x-waited-ms';

/** 200: the seats are held, all of them, at this price (KRW, all seats together). */
export const hold = z
  .object({
    reservationId: z.uuid(),
    musicalId: z.uuid(),
    musical: z.string(),
    performanceId: z.uuid(),
    startsAt: moment,
    venue: z.string(),
    lines: z.array(pricedLine).min(1),
    seats: seatCount,
    price: won,
  })
  .meta({ id: 'Hold', examples: [EXAMPLE_HOLD] });
export type Hold = z.infer<typeof hold>;
