import { z } from 'zod';
import { define } from './definition';
import { capacity, moment, pricedLine, won } from './values';

export const musicalEvents = {
  /** Aggregate: the musical. */
  MusicalRegistered: define('musical.events', 'An admin registered a musical with its performances and price grades', {
    musicalId: z.uuid(),
    name: z.string(),
    performances: z.array(
      z.object({
        id: z.uuid(),
        startsAt: moment,
        venue: z.string(),
        maxPerCustomer: z.int().min(1).nullable().optional(),
        grades: z.array(z.object({ id: z.uuid(), name: z.string(), price: won, capacity })),
      }),
    ),
  }),

  /** Aggregate: the musical. */
  SeatsChanged: define('musical.events', "An admin changed a grade's capacity (never a hold's doing)", {
    musicalId: z.uuid(),
    performanceId: z.uuid(),
    gradeId: z.uuid(),
    capacity,
    change: z.int(),
  }),

  /** Aggregate: the hold, whose id is the reservation's. */
  SeatsReleased: define('musical.events', 'The seats of an ended reservation are free again', {
    reservationId: z.uuid(),
    performanceId: z.uuid(),
    lines: z.array(pricedLine),
  }),
};
