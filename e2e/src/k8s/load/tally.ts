import { percentile } from '../../faults/load/plan';

/** One request and what became of it. It was sent once. Times in milliseconds. */
export interface Outcome {
  /** Since 1970. */
  sentAt: number;
  tookMs: number;
  /** Such as `reserve`. */
  call: string;
  /** The status, with the type of a problem, or `no answer` and why: `201`, `503 seat-check-unavailable`, `no answer ECONNRESET`. */
  answer: string;
}

export interface Tally {
  requests: number;
  /** All that was not answered by 2xx: whatever the load asks for can be granted. */
  failed: number;
  /** In percent, with two decimals that are never rounded up. */
  availability: string;
  answers: Record<string, number>;
  p50Ms: number;
  p95Ms: number;
  longestMs: number;
}

export const isGood = ({ answer }: Outcome): boolean => /^2\d\d$/.test(answer);

/** What became of all requests that were sent in that time. */
export function tally(outcomes: readonly Outcome[], from = -Infinity, to = Infinity): Tally {
  const counted = outcomes.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const answers: Record<string, number> = {};
  for (const { answer } of counted) answers[answer] = (answers[answer] ?? 0) + 1;
  const failed = counted.filter((outcome) => !isGood(outcome)).length;
  const took = counted.map(({ tookMs }) => tookMs);
  return {
    requests: counted.length,
    failed,
    availability: availability(counted.length, failed),
    answers,
    p50Ms: percentile(took, 50),
    p95Ms: percentile(took, 95),
    longestMs: percentile(took, 100),
  };
}

/** `100.00 %` only when nothing failed; of nothing it cannot be told. */
export function availability(requests: number, failed: number): string {
  if (requests === 0) return 'unknown';
  const hundredths = Math.floor(((requests - failed) * 10_000) / requests);
  return `${(hundredths / 100).toFixed(2)} %`;
}

/** For the report: how many, how available, how long they took. */
export const told = ({ requests, availability, p50Ms, p95Ms, longestMs }: Tally): string =>
  `${requests.toLocaleString('en')} requests, availability ${availability}, answered in ${p50Ms} ms (p50), ${p95Ms} ms (p95), ${longestMs} ms (longest)`;
