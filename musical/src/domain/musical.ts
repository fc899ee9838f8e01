import type { DomainEvent } from '@outerpark/contracts/events';
import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';

/** An admin's request in its long form, with an id for everything that needs one. */
export interface NewMusical {
  id: string;
  name: string;
  performances: (Musical['performances'][number] & { maxPerCustomer: number | null })[];
}

/** What the short form leaves open. */
const SHORT_FORM = { venue: 'OuterPark Hall', grade: 'General admission', daysAhead: 30 };
const DAY_MS = 24 * 3_600_000;

/** The musical that a request describes: every seat free. `newId` gives the ids of performances and grades. */
export function newMusical(request: RegisterMusical, id: string, newId: () => string, now: Date): NewMusical {
  const performances =
    'performances' in request
      ? request.performances
      : [
          {
            startsAt: new Date(now.getTime() + SHORT_FORM.daysAhead * DAY_MS).toISOString(),
            venue: SHORT_FORM.venue,
            grades: [{ name: SHORT_FORM.grade, price: request.price, seats: request.reservableSeats }],
          },
        ];
  return {
    id,
    name: request.name,
    performances: performances.map((performance) => ({
      id: newId(),
      startsAt: new Date(performance.startsAt).toISOString(),
      venue: performance.venue,
      maxPerCustomer: ('maxPerCustomer' in performance ? performance.maxPerCustomer : undefined) ?? null,
      grades: performance.grades.map(({ name, price, seats }) => ({
        id: newId(),
        name,
        price,
        capacity: seats,
        free: seats,
      })),
    })),
  };
}

/** The performances that begin before `now`: nobody could reserve them any more. */
export const pastPerformances = (musical: NewMusical, now: Date): number[] =>
  musical.performances.flatMap(({ startsAt }, index) => (new Date(startsAt) <= now ? [index] : []));

export const musicalRegistered = ({ id, name, performances }: NewMusical): DomainEvent<'MusicalRegistered'> => ({
  type: 'MusicalRegistered',
  data: {
    musicalId: id,
    name,
    performances: performances.map((performance) => ({
      id: performance.id,
      startsAt: performance.startsAt,
      venue: performance.venue,
      maxPerCustomer: performance.maxPerCustomer,
      grades: performance.grades.map(({ id, name, price, capacity }) => ({ id, name, price, capacity })),
    })),
  },
});
