import type { PaymentStatus } from '@outerpark/contracts/http/payments';

/** What one reservation's payment is to become, and how far it is. Amounts in KRW, times in UTC. */
export interface Payment {
  reservationId: string;
  customerId: string;
  price: number;
  /** Why nothing is wanted any more; null while the price is wanted. Final. */
  ended: 'cancelled' | 'expired' | null;
  /** Since when; null while the price is wanted. */
  endedAt: Date | null;
  /** Newest event of the reservation that was applied. */
  reservationVersion: number;
  /** Events that were published about this payment. */
  version: number;
  status: PaymentStatus;
  /** How many charges the customer has asked for: the first by reserving, each next one after a decline. */
  triesWanted: number;
  /** When the customer asked for the latest of them. */
  askedAt: Date;
  /** Until when the reservation waits for its payment. Deferring moves it. */
  deadline: Date;
  startsAt: Date;
  createdAt: Date;
  deferredSince: Date | null;
  /** While it is deferred: when it is likely to be taken up. */
  expectedAt: Date | null;
  /** Where the customer has to act. */
  url: string | null;
  /** When the worker looks at it next; null: not before the next event. */
  nextAttemptAt: Date | null;
  /** Set while it waits for the provider to be available: the worker passes it over until then, or until this time. */
  parkedUntil: Date | null;
  /** Answers in a row that were unknown, and since when. */
  failures: number;
  failingSince: Date | null;
  lastError: string | null;
  updatedAt: Date;
}

/** One try to charge or to refund. Its id is the idempotency key at the provider, so asking again never does it twice. */
export interface Attempt {
  id: string;
  kind: 'charge' | 'refund';
  amount: number;
  state: 'open' | 'action_required' | 'captured' | 'declined' | 'cancelled' | 'refunded';
  /** Why it was declined. */
  reason: string | null;
  url: string | null;
  createdAt: Date;
  settledAt: Date | null;
}

/** A line of the append-only ledger: what is. */
export interface LedgerEntry {
  attemptId: string;
  kind: 'captured' | 'refunded';
  amount: number;
  at: Date;
}

/** What the rules need from outside: time, a fresh id, chance in [0, 1), and whether the provider can be asked at all. */
export interface Moment {
  now: Date;
  newId: string;
  chance: number;
  providerAvailable: boolean;
  /** When what is deferred now is likely to be taken up; null when nobody can tell. */
  expectedAt: Date | null;
}

/** All in milliseconds. */
export interface Policy {
  /** How far a deferral moves the deadline. */
  deferralMs: number;
  /** No attempt starts that close to the deadline. */
  cutoffMs: number;
  /** No deferral reaches beyond this age of the reservation. */
  longestMs: number;
  /** Waits after unknown answers: doubled from the first to the second. */
  retryMs: { first: number; longest: number };
  /** How often the result of the provider's page is asked for: at first, and when the customer takes long. */
  pagePollMs: { first: number; longest: number };
}

/** The charge that may still succeed. There is at most one. */
export const liveCharge = (attempts: Attempt[]): Attempt | undefined =>
  attempts.find(({ kind, state }) => kind === 'charge' && (state === 'open' || state === 'action_required'));

export const capturedCharge = (attempts: Attempt[]): Attempt | undefined =>
  attempts.find(({ state }) => state === 'captured');

export const refundOf = (attempts: Attempt[]): Attempt | undefined => attempts.find(({ kind }) => kind === 'refund');

/** Charges that ended without money. */
export const usedTries = (attempts: Attempt[]): number =>
  attempts.filter(({ kind, state }) => kind === 'charge' && (state === 'declined' || state === 'cancelled')).length;

export const newAttempt = (kind: Attempt['kind'], amount: number, { newId, now }: Moment): Attempt => ({
  id: newId,
  kind,
  amount,
  state: 'open',
  reason: null,
  url: null,
  createdAt: now,
  settledAt: null,
});

export const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms);
export const earliest = (...times: Date[]): Date => new Date(Math.min(...times.map((time) => time.getTime())));
export const latest = (...times: Date[]): Date => new Date(Math.max(...times.map((time) => time.getTime())));
