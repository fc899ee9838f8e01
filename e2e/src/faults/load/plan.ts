/** A performance that the load books. */
export interface Show {
  musicalId: string;
  performanceId: string;
  grades: string[];
  /** How many of a hundred reservations are for it. */
  share: number;
}

export interface LoadPlan {
  gateways: string[];
  customers: { id: string; token: string }[];
  shows: Show[];
  /** So many requests are under way all the time. */
  inFlight: number;
  /** The same choices for the same seed, as far as the answers are the same. */
  seed: number;
  mostRequests: number;
}

/** A reservation that a customer was given. Times in milliseconds since 1970, amounts in KRW. */
export interface Accepted {
  id: string;
  customerId: string;
  price: number;
  sentAt: number;
  tookMs: number;
  /** The cancellation was answered by 200. */
  cancelled: boolean;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  /** The fewest requests that were under way at a time, from when all had begun to the end. */
  leastInFlight: number;
  accepted: Accepted[];
  /** Status and problem type -> how many; `no answer` for broken connections. */
  answers: Record<string, number>;
  /** Reservations under a key that never got a definite answer, though they were asked for again and again. */
  unanswered: number;
  /** Answers that cannot both be true, as sentences. */
  contradictions: string[];
}

/** What is known while it runs. */
export interface Progress {
  requests: number;
  /** The latest reservations, newest last. */
  latest: Accepted[];
}

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;

/** The smallest value that so many of a hundred do not exceed; 0 of nothing. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * share) / 100) - 1)] ?? 0;
}
