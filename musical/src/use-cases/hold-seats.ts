import { problem, type ProblemError } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import { together } from '@outerpark/chassis/together';
import type { Hold, WantedSeats } from '@outerpark/contracts/http/holds';
import { decideHolds, type Verdict, type WantedHold } from '../domain/hold';
import { choose, heldSeats, type Offer } from '../domain/offer';
import type { Gate } from '../domain/waiting-room';
import { readStock, storeHolds } from '../persistence/holds';

export interface HoldSeats {
  reservationId: string;
  customerId: string;
  wanted: WantedSeats;
  /** For how long the request had been under way before it came here, in milliseconds. */
  waitedMs?: number;
}

/** Is told of holds that were decided: how late each of them was, in milliseconds since its customer's request came in. */
export type CountDecided = (performanceId: string, room: Gate | undefined, latenessMs: number[]) => void;

/**
 * Holds all the seats that a reservation asks for, or none; asked again for the same reservation it gives the same answer.
 * Throws the problems `not-found`, `choose-performance`, `performance-over`, `seats-unavailable` (with `free`),
 * `customer-limit-reached`, `hold-ended` and `waiting-room` (with how the customer stands there). Every buyer of a hot show waits
 * for the same rows, so concurrent holds of one performance are decided together in one transaction.
 */
export function createHoldSeats(
  store: Store,
  findOffers: (wanted: WantedSeats) => Promise<Offer[]>,
  now: () => Date,
  countDecided: CountDecided = () => undefined,
): (request: HoldSeats) => Promise<Hold> {
  const decide = together<WantedHold & { offer: Offer; askedAt: number }, Verdict>(
    ({ offer }) => offer.performanceId,
    (requests) =>
      store.transact(async (tx) => {
        const { offer } = requests[0]!;
        const stock = await readStock(tx, offer, requests);
        const { verdicts, granted } = decideHolds(offer, requests, stock, now());
        await storeHolds(tx, offer, granted, now());
        tx.afterCommit(() => {
          const decided = requests.filter((_, index) => verdicts[index]!.kind !== 'waiting-room');
          const latenessMs = decided.map(({ askedAt }) => performance.now() - askedAt);
          countDecided(offer.performanceId, stock.queue?.room, latenessMs);
        });
        return verdicts;
      }),
  );

  return async ({ reservationId, customerId, wanted, waitedMs = 0 }) => {
    const askedAt = performance.now() - waitedMs;
    const choice = choose(wanted, await findOffers(wanted));
    switch (choice.kind) {
      case 'unknown':
        throw problem('not-found', `There is no such ${choice.what}`);
      case 'ambiguous':
        throw problem('choose-performance');
      case 'chosen': {
        const { offer, lines } = choice;
        const verdict = await decide({ reservationId, customerId, offer, lines, askedAt });
        if (verdict.kind === 'held') return heldSeats(reservationId, offer, verdict.lines);
        throw refusal(offer, verdict);
      }
    }
  };
}

function refusal({ performanceId }: Offer, verdict: Exclude<Verdict, { kind: 'held' }>): ProblemError {
  switch (verdict.kind) {
    case 'waiting-room': {
      const { position, ahead, expectedWaitSeconds, retryAfterSeconds } = verdict.standing;
      const detail = position === null ? 'Join the waiting room first' : `${ahead} are to be admitted before`;
      const extra = { performanceId, position, ahead, expectedWaitSeconds, retryAfterSeconds };
      return problem('waiting-room', detail, extra);
    }
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
