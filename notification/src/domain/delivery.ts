/** What came of one try to deliver. `error` is for operators. */
export type Outcome =
  | { kind: 'sent' }
  /** May succeed later: no connection, or the server asked to come back. */
  | {
      kind: 'failed';
      error: string;
      /** So long the other side wants to be left alone. */
      retryAfterMs?: number;
    }
  /** A definite no to this mail or its address. */
  | { kind: 'refused'; error: string };

/** Why a notice was given up, as it stands in NotificationFailed. */
export type FailureReason = 'refused' | 'undelivered' | 'no-address';

export interface RetryPolicy {
  /** Pause after the first failed try, in milliseconds; it doubles with each try. */
  firstMs: number;
  longestMs: number;
}

export type Settlement =
  | { status: 'sent' }
  /** The customer has switched this channel off: nothing is told of it. */
  | { status: 'skipped' }
  | { status: 'failed'; reason: FailureReason }
  | { status: 'pending'; nextTryAt: Date };

/** Whoever asks to be left alone for longer is asked again all the same: what a notice tells gets old. */
const MOST_RETRY_AFTER_MS = 3_600_000;

/** What becomes of a notice after its try number `tries`, counted from 1. */
export function settle(outcome: Outcome, tries: number, now: Date, { firstMs, longestMs }: RetryPolicy): Settlement {
  switch (outcome.kind) {
    case 'sent':
      return { status: 'sent' };
    case 'refused':
      return { status: 'failed', reason: 'refused' };
    case 'failed': {
      const ownMs = Math.min(firstMs * 2 ** Math.min(tries - 1, 30), longestMs);
      const pauseMs = Math.max(ownMs, Math.min(outcome.retryAfterMs ?? 0, MOST_RETRY_AFTER_MS));
      return { status: 'pending', nextTryAt: new Date(now.getTime() + pauseMs) };
    }
  }
}
