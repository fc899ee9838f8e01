/** What came of one try to deliver. `error` is for operators. */
export type Outcome =
  | { kind: 'sent' }
  /** May succeed later: no connection, or the server asked to come back. */
  | { kind: 'failed'; error: string }
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
  { status: 'sent' } | { status: 'failed'; reason: FailureReason } | { status: 'pending'; nextTryAt: Date };

/** What becomes of a notice after its try number `tries`, counted from 1. */
export function settle(outcome: Outcome, tries: number, now: Date, { firstMs, longestMs }: RetryPolicy): Settlement {
  switch (outcome.kind) {
    case 'sent':
      return { status: 'sent' };
    case 'refused':
      return { status: 'failed', reason: 'refused' };
    case 'failed': {
      const pauseMs = Math.min(firstMs * 2 ** Math.min(tries - 1, 30), longestMs);
      return { status: 'pending', nextTryAt: new Date(now.getTime() + pauseMs) };
    }
  }
}
