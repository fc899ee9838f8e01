import { z } from 'zod';

/** An amount of Korean won. The won has no minor unit, so an integer is exact. */
export const won = z.int().min(0).max(100_000_000_000_000);

/** A moment in UTC as ISO 8601 with milliseconds, such as 2026-11-23T10:00:00.000Z. */
export const moment = z.iso.datetime();

/** Nobody takes more at once. */
export const MOST_SEATS = 100_000;

/** A number of seats that somebody asks for or takes. */
export const seatCount = z.int().min(1).max(MOST_SEATS);

/** How many seats a grade has. Zero closes the grade. */
export const capacity = z.int().min(0).max(1_000_000);

/** Identifies a customer: the `sub` of the verified token. */
export const customerId = z.string().min(1).max(255);

/** Some seats of one grade, as they were priced when they were held. `price` is KRW for one seat. */
export const pricedLine = z.object({ gradeId: z.uuid(), grade: z.string(), seats: seatCount, price: won });
export type PricedLine = z.infer<typeof pricedLine>;

/**
 * What a person writes on one line: up to `most` characters, counted as people count them and not as UTF-16 does. Control characters
 * are no part of it, and half of a surrogate pair is no character: PostgreSQL stores neither as it came.
 */
export const line = (most: number) =>
  z
    .string()
    .regex(/\S/, 'must not be blank')
    .trim()
    // Not \P{Cc} or \u0000: readers of the documents in other languages do not know them.
    .regex(
      new RegExp(`^[^\\x00-\\x1f\\x7f-\\x9f]{1,${most}}$`, 'u'),
      `must be 1 to ${most} characters, none of them a control character`,
    )
    .refine((text) => !/\p{Cs}/u.test(text), 'must be well-formed Unicode');

/** A name for people. */
export const label = line(200);
