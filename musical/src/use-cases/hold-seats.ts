import { problem, type ProblemError } from '@outerpark/chassis/errors';
import { isDuplicate } from '@outerpark/chassis/postgres/failures';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import { together } from '@outerpark/chassis/together';
import type { Hold, WantedSeats } from '@outerpark/contracts/http/holds';
import type { PricedLine } from '@outerpark/contracts/values';
import { choose, heldSeats, seatsOf, type Offer } from '../domain/offer';
import { countForCustomer, findHolds, freeByGrade, insertHolds, takeSeats, type HoldRow } from '../persistence/holds';

export interface HoldSeats {
  reservationId: string;
  customerId: string;
  wanted: WantedSeats;
}

interface PricedRequest {
  reservationId: string;
  customerId: string;
  offer: Offer;
  lines: PricedLine[];
}

type Verdict = { held: Hold } | { refused: ProblemError };

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
  const decideAll = (requests: PricedRequest[]) => store.transact((tx) => decideInOrder(tx, requests, now()));
  const decide = together<PricedRequest, Verdict>(
    ({ offer }) => offer.performanceId,
    // Another replica decided one of these reservations, or left its tombstone, in between: now it is seen.
    (requests) =>
      decideAll(requests).catch((error) => (isDuplicate(error) ? decideAll(requests) : Promise.reject(error))),
  );

  return async ({ reservationId, customerId, wanted }) => {
    const choice = choose(wanted, await findOffers(wanted), now());
    switch (choice.kind) {
      case 'unknown':
        throw problem('not-found', `There is no such ${choice.what}`);
      case 'ambiguous':
        throw problem('choose-performance');
      case 'over':
        throw problem('performance-over');
      case 'chosen': {
        const verdict = await decide({ reservationId, customerId, offer: choice.offer, lines: choice.lines });
        if ('refused' in verdict) throw verdict.refused;
        return verdict.held;
      }
    }
  };
}

async function decideInOrder(tx: Tx, requests: PricedRequest[], now: Date): Promise<Verdict[]> {
  const known = new Map(
    (
      await findHolds(
        tx,
        requests.map((request) => request.reservationId),
      )
    ).map((hold) => [hold.reservationId, hold]),
  );
  const news = firstOfEach(requests.filter((request) => !known.has(request.reservationId)));
  const verdicts = new Map<string, Verdict>();

  // Mostly there is room for all, and one write on each grade takes it for all of them.
  const limited = news.some(({ offer }) => offer.maxPerCustomer !== null);
  const roomForAll = news.length > 1 && !limited && (await takeSeats(tx, summed(news)));
  const granted: PricedRequest[] = [];
  for (const request of news) {
    const refused = roomForAll ? undefined : await decideOne(tx, request);
    if (!refused) granted.push(request);
    verdicts.set(request.reservationId, refused ? { refused } : held(request));
  }
  await insertHolds(tx, granted.map(asRow), now);

  return requests.map((request) => {
    const hold = known.get(request.reservationId);
    return hold ? again(request, hold) : verdicts.get(request.reservationId)!;
  });
}

/** Undefined when the seats are taken, else why not. */
async function decideOne(tx: Tx, { offer, customerId, lines }: PricedRequest): Promise<ProblemError | undefined> {
  const { performanceId, maxPerCustomer } = offer;
  const counts = maxPerCustomer !== null;
  if (counts) {
    await tx.query('SAVEPOINT customer_limit');
    if (!(await countForCustomer(tx, performanceId, customerId, seatsOf(lines), maxPerCustomer))) {
      return problem('customer-limit-reached', `At most ${maxPerCustomer} seats for one customer`, { maxPerCustomer });
    }
  }
  if (await takeSeats(tx, lines)) return undefined;
  if (counts) await tx.query('ROLLBACK TO SAVEPOINT customer_limit');
  const free = await freeByGrade(
    tx,
    lines.map((line) => line.gradeId),
  );
  const short = lines.find((line) => (free.get(line.gradeId) ?? 0) < line.seats) ?? lines[0]!;
  const left = free.get(short.gradeId) ?? 0;
  return problem('seats-unavailable', `${left} seats of ${short.grade} are free, ${short.seats} were wanted`, {
    free: left,
    grade: short.grade,
  });
}

const again = (request: PricedRequest, hold: HoldRow): Verdict =>
  hold.state === 'released' || hold.customerId !== request.customerId
    ? { refused: problem('hold-ended') }
    : { held: heldSeats(request.reservationId, request.offer, hold.lines) };

const held = ({ reservationId, offer, lines }: PricedRequest): Verdict => ({
  held: heldSeats(reservationId, offer, lines),
});

const asRow = ({ reservationId, customerId, offer, lines }: PricedRequest): HoldRow => ({
  reservationId,
  customerId,
  performanceId: offer.performanceId,
  lines,
  state: 'held',
});

const firstOfEach = (requests: PricedRequest[]): PricedRequest[] =>
  [...new Map([...requests].reverse().map((request) => [request.reservationId, request])).values()].reverse();

function summed(requests: PricedRequest[]): { gradeId: string; seats: number }[] {
  const seats = new Map<string, number>();
  for (const line of requests.flatMap((request) => request.lines)) {
    seats.set(line.gradeId, (seats.get(line.gradeId) ?? 0) + line.seats);
  }
  return [...seats].map(([gradeId, total]) => ({ gradeId, seats: total }));
}
