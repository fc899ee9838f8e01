import { problem, type ProblemError } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import { together } from '@outerpark/chassis/together';
import type { Hold, WantedSeats } from '@outerpark/contracts/http/holds';
import { decideHolds, type Verdict, type WantedHold } from '../domain/hold';
import { choose, heldSeats, type Offer } from '../domain/offer';
import { readStock, storeHolds } from '../persistence/holds';

export interface HoldSeats {
  reservationId: string;
  customerId: string;
  wanted: WantedSeats;
}

/**
 * Holds all the seats that a reservation asks for, or none; asked again for the same reservation it gives the same answer.
 * Throws the problems `not-found`, `choose-performance`, `performance-over`, `seats-unavailable` (with `free`),
 * `customer-limit-reached` and `hold-ended`. Every buyer of a hot show waits for the same rows, so concurrent holds of one
 * performance are decided together in one transaction.
 */
export function createHoldSeats(
  store: Store,
  findOffers: (wanted: WantedSeats) => Promise<Offer[]>,
  now: () => Date,
): (request: HoldSeats) => Promise<Hold> {
  const decide = together<WantedHold & { offer: Offer }, Verdict>(
    ({ offer }) => offer.performanceId,
    (requests) =>
      store.transact(async (tx) => {
        const { offer } = requests[0]!;
        const { verdicts, granted } = decideHolds(offer, requests, await readStock(tx, offer, requests), now());
        await storeHolds(tx, offer, granted, now());
        return verdicts;
      }),
  );

  return async ({ reservationId, customerId, wanted }) => {
    const choice = choose(wanted, await findOffers(wanted));
    switch (choice.kind) {
      case 'unknown':
        throw problem('not-found', `There is no such ${choice.what}`);
      case 'ambiguous':
        throw problem('choose-performance');
      case 'chosen': {
        const { offer, lines } = choice;
        const verdict = await decide({ reservationId, customerId, offer, lines });
        if (verdict.kind === 'held') return heldSeats(reservationId, offer, verdict.lines);
        throw refusal(verdict);
      }
    }
  };
}

function refusal(verdict: Exclude<Verdict, { kind: 'held' }>): ProblemError {
  switch (verdict.kind) {
    case 'seats-unavailable': {
      const { grade, wanted, free } = verdict;
      return problem('seats-unavailable', `${free} seats of ${grade} are free, ${wanted} were wanted`, { free, grade });
    }
    case 'customer-limit-reached': {
      const { maxPerCustomer } = verdict;
      return problem('customer-limit-reached', `At most ${maxPerCustomer} seats for one customer`, { maxPerCustomer });
    }
    case 'hold-ended':
    case 'performance-over':
      return problem(verdict.kind);
  }
}
