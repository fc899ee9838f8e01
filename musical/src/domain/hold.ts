import type { PricedLine } from '@outerpark/contracts/values';
import { seatsOf, type Offer } from './offer';
import { standingOf, type Queue, type Standing } from './waiting-room';

/** Seats withheld for a reservation, all or none. One that was ended before it was made (a tombstone) has no performance. */
export interface SeatHold {
  reservationId: string;
  performanceId: string | null;
  customerId: string;
  lines: PricedLine[];
  state: 'held' | 'sold' | 'released';
}

export type WantedHold = Pick<SeatHold, 'reservationId' | 'customerId' | 'lines'>;

/** What is decided by, as it was read a moment ago. */
export interface Stock {
  /** The holds that these reservations have already. */
  holds: SeatHold[];
  /** Free seats by grade id. */
  free: Map<string, number>;
  /** Seats by customer id that count against the performance's limit. */
  counted: Map<string, number>;
  /** The performance's waiting room, when it has ever had one. */
  queue?: Queue | undefined;
}

export type Verdict =
  | { kind: 'held'; lines: PricedLine[] }
  | { kind: 'hold-ended' }
  | { kind: 'performance-over' }
  | { kind: 'waiting-room'; standing: Standing }
  | { kind: 'customer-limit-reached'; maxPerCustomer: number }
  | { kind: 'seats-unavailable'; grade: string; wanted: number; free: number };

/**
 * Decides who gets seats of one performance, in order of arrival: a verdict for each request, and the holds that are new.
 * The same reservation again gets what it got before, however late it asks.
 */
export function decideHolds(
  offer: Offer,
  requests: WantedHold[],
  stock: Stock,
  now: Date,
): { verdicts: Verdict[]; granted: SeatHold[] } {
  const { performanceId, maxPerCustomer } = offer;
  const holds = new Map(stock.holds.map((hold) => [hold.reservationId, hold]));
  const free = new Map(stock.free);
  const counted = new Map(stock.counted);
  const granted: SeatHold[] = [];

  const decide = ({ reservationId, customerId, lines }: WantedHold): Verdict => {
    const known = holds.get(reservationId);
    if (known) {
      const same = known.performanceId === performanceId && known.customerId === customerId;
      return same && known.state !== 'released' ? { kind: 'held', lines: known.lines } : { kind: 'hold-ended' };
    }
    if (isOver(offer, now)) return { kind: 'performance-over' };
    const standing = standingOf(stock.queue?.room, stock.queue?.positions.get(customerId));
    if (!standing.admitted) return { kind: 'waiting-room', standing };

    const ofCustomer = (counted.get(customerId) ?? 0) + seatsOf(lines);
    if (maxPerCustomer !== null && ofCustomer > maxPerCustomer) {
      return { kind: 'customer-limit-reached', maxPerCustomer };
    }
    const left = (gradeId: string) => free.get(gradeId) ?? 0;
    const short = lines.find(({ gradeId, seats }) => left(gradeId) < seats);
    if (short) {
      return { kind: 'seats-unavailable', grade: short.grade, wanted: short.seats, free: left(short.gradeId) };
    }
    for (const { gradeId, seats } of lines) free.set(gradeId, left(gradeId) - seats);
    counted.set(customerId, ofCustomer);
    const hold: SeatHold = { reservationId, performanceId, customerId, lines, state: 'held' };
    holds.set(reservationId, hold);
    granted.push(hold);
    return { kind: 'held', lines };
  };

  return { verdicts: requests.map(decide), granted };
}

export const isOver = ({ startsAt }: Pick<Offer, 'startsAt'>, now: Date): boolean => startsAt <= now;
