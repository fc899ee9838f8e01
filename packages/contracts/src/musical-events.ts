import { z } from 'zod';
import { define } from './definition';
import { capacity, moment, pricedLine, won } from './values';

export const musicalEvents = {
  /** An admin registered a musical with its performances and price grades. Aggregate: the musical. */
  MusicalRegistered: define('musical.events', {
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

  /** An admin changed a grade's capacity (never a hold's doing). Aggregate: the musical. */
  SeatsChanged: define('musical.events', {
    musicalId: z.uuid(),
    performanceId: z.uuid(),
    gradeId: z.uuid(),
    capacity,
    change: z.int(),
  }),

  /** The seats of an ended reservation are free again. Aggregate: the hold, whose id is the reservation's. */
  SeatsReleased: define('musical.events', {
    reservationId: z.uuid(),
    performanceId: z.uuid(),
    lines: z.array(pricedLine),
  }),
};
