/** What one customer does at a time. `reload` opens My page as a stream, reads its first message and leaves. */
export type Action = 'hello' | 'musical' | 'mypage' | 'reserve' | 'cancel' | 'reload';

/** What the load process is to do. */
export interface Plan {
  /** Base URL. */
  url: string;
  /** A bearer token for each customer; each request takes the next one. */
  tokens: string[];
  musicals: string[];
  /** Shares, adding up to 1. */
  mix: Partial<Record<Action, number>>;
  /** So many at once, each when its last answer has come; or so many a second, whether answers have come or not. */
  pace: { atOnce: number } | { perSecond: number };
  /** Not measured, before the measured seconds. */
  warmUpSeconds: number;
  seconds: number;
}

export interface Outcome {
  action: Action;
  /** By status; 0 is no answer. */
  statuses: Record<string, number>;
  /** Answers below 400 that came in the measured time. */
  perSecond: number;
  /** Of the answers below 400, from when the request was due. */
  p50Ms: number;
  p90Ms: number;
  p99Ms: number;
  maxMs: number;
}
