import { z } from 'zod';
import { EXAMPLE } from './examples';
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
export const registerMusical = z
  .union([
    z.strictObject({ name: label, reservableSeats: capacity, price: seatPrice }),
    z.strictObject({ name: label, performances: z.array(newPerformance).min(1).max(200) }),
  ])
  .meta({
    id: 'RegisterMusical',
    examples: [
      { name: 'Hedwig', reservableSeats: 100, price: 50_000 },
      {
        name: 'Hedwig',
        performances: [
          {
            startsAt: '2099-05-01T10:30:00.000Z',
            venue: 'OuterPark Hall',
            maxPerCustomer: 4,
            grades: [{ name: 'VIP', price: 150_000, seats: 40 }],
          },
        ],
      },
    ],
  });
export type RegisterMusical = z.infer<typeof registerMusical>;

/** `PATCH /api/musicals/:id/grades/:gradeId` */
export const changeCapacity = z
  .strictObject({ capacity })
  .meta({ id: 'ChangeCapacity', examples: [{ capacity: 120 }] });

export const grade = z.object({ id: z.uuid(), name: z.string(), price: won, capacity, free: z.int().min(0) });
export const performance = z.object({
  id: z.uuid(),
  startsAt: moment,
  venue: z.string(),
  maxPerCustomer: seatCount.nullable(),
  /** Whether its waiting room is open: reserving then needs a pass that is admitted. */
  waitingRoom: z.boolean().optional(),
  grades: z.array(grade),
});
export const musical = z.object({ id: z.uuid(), name: z.string(), performances: z.array(performance) }).meta({
  id: 'Musical',
  examples: [
    {
      id: EXAMPLE.musicalId,
      name: EXAMPLE.musical,
      performances: [
        {
          id: EXAMPLE.performanceId,
          startsAt: EXAMPLE.startsAt,
          venue: EXAMPLE.venue,
          maxPerCustomer: 4,
          waitingRoom: false,
          grades: [{ id: EXAMPLE.gradeId, name: 'VIP', price: 150_000, capacity: 40, free: 38 }],
        },
      ],
    },
  ],
});
export type Musical = z.infer<typeof musical>;

/** `GET /api/admin/seats`: of which musical. */
export const seatsQuery = z.object({ musicalId: z.uuid() });

/** A price grade of a performance: free + held + sold = capacity. Held is what waits for its payment. */
export const gradeSeats = z.object({
  musicalId: z.uuid(),
  musical: z.string(),
  performanceId: z.uuid(),
  startsAt: moment,
  venue: z.string(),
  gradeId: z.uuid(),
  grade: z.string(),
  price: won,
  capacity,
  free: z.int().min(0),
  held: z.int().min(0),
  sold: z.int().min(0),
});
export type GradeSeats = z.infer<typeof gradeSeats>;

/** Every grade of every performance, in the order in which they were registered. */
export const seats = z.object({ items: z.array(gradeSeats) }).meta({
  id: 'Seats',
  examples: [
    {
      items: [
        {
          musicalId: EXAMPLE.musicalId,
          musical: EXAMPLE.musical,
          performanceId: EXAMPLE.performanceId,
          startsAt: EXAMPLE.startsAt,
          venue: EXAMPLE.venue,
          gradeId: EXAMPLE.gradeId,
          grade: 'VIP',
          price: 150_000,
          capacity: 40,
          free: 25,
          held: 2,
          sold: 13,
        },
      ],
    },
  ],
});
