import type { Hold, WantedSeats } from '@outerpark/contracts/http/holds';
import type { PricedLine } from '@outerpark/contracts/values';

/** What of a performance never changes once it is registered: everything that a hold is priced by. */
export interface Offer {
  musicalId: string;
  musical: string;
  performanceId: string;
  startsAt: Date;
  venue: string;
  maxPerCustomer: number | null;
  grades: { id: string; name: string; price: number }[];
}

export type Choice =
  { kind: 'chosen'; offer: Offer; lines: PricedLine[] } | { kind: 'unknown'; what: string } | { kind: 'ambiguous' };

/** Which seats a customer's words mean, at which price; of `offers` those that the request names. */
export function choose(wanted: WantedSeats, offers: Offer[]): Choice {
  const offer = offers[0];
  if (!offer) return { kind: 'unknown', what: 'musicalId' in wanted ? 'musical' : 'performance' };
  if ('musicalId' in wanted && (offers.length > 1 || offer.grades.length > 1)) return { kind: 'ambiguous' };

  const lines: PricedLine[] = [];
  const asked = 'musicalId' in wanted ? [{ grade: offer.grades[0]!.name, seats: wanted.seats }] : wanted.lines;
  for (const { grade, seats } of asked) {
    const known = offer.grades.find(({ name }) => name === grade);
    if (!known) return { kind: 'unknown', what: `grade ${grade}` };
    lines.push({ gradeId: known.id, grade: known.name, seats, price: known.price });
  }
  return { kind: 'chosen', offer, lines };
}

/** The answer to a hold that was made. */
export const heldSeats = (reservationId: string, offer: Offer, lines: PricedLine[]): Hold => ({
  reservationId,
  musicalId: offer.musicalId,
  musical: offer.musical,
  performanceId: offer.performanceId,
  startsAt: offer.startsAt.toISOString(),
  venue: offer.venue,
  lines,
  seats: seatsOf(lines),
  price: lines.reduce((sum, line) => sum + line.seats * line.price, 0),
});

export const seatsOf = (lines: { seats: number }[]): number => lines.reduce((sum, line) => sum + line.seats, 0);
