import { z } from 'zod';
import { capacity, label, moment, seatCount, won } from '../values';

const seatPrice = won.max(100_000_000);

export const newGrade = z.strictObject({ name: label, price: seatPrice, seats: capacity });
export const newPerformance = z.strictObject({
  startsAt: moment,
  venue: label,
  /** At most so many seats for one customer, over all of the customer's live reservations. */
  maxPerCustomer: seatCount.optional(),
  grades: z
    .array(newGrade)
    .min(1)
    .max(50)
    .refine((grades) => new Set(grades.map((grade) => grade.name)).size === grades.length, 'grade names must differ'),
});

/** `POST /api/musicals`: the short form has one performance with one grade. */
export const registerMusical = z.union([
  z.strictObject({ name: label, reservableSeats: capacity, price: seatPrice }),
  z.strictObject({ name: label, performances: z.array(newPerformance).min(1).max(200) }),
]);
export type RegisterMusical = z.infer<typeof registerMusical>;

/** `PATCH /api/musicals/:id/grades/:gradeId` */
export const changeCapacity = z.strictObject({ capacity });

export const grade = z.object({ id: z.uuid(), name: z.string(), price: won, capacity, free: z.int().min(0) });
export const performance = z.object({
  id: z.uuid(),
  startsAt: moment,
  venue: z.string(),
  maxPerCustomer: seatCount.nullable(),
  grades: z.array(grade),
});
export const musical = z.object({ id: z.uuid(), name: z.string(), performances: z.array(performance) });
export type Musical = z.infer<typeof musical>;
