import type { Reservation } from '@outerpark/contracts/http/reservations';
import type { Failure } from '../../api/failure';
import type { Choice } from './choice';

/** A definite no: nothing was reserved. */
export type Refusal =
  | { kind: 'seats-unavailable'; grade: string; free: number; wanted: number }
  | { kind: 'customer-limit-reached'; most: number | null }
  | { kind: 'other' };

/** Why the answer is waited for. Only after `no-answer` the seats may have been reserved. */
export type Why = 'seat-check' | 'busy' | 'no-answer';

/**
 * How far a customer is with one performance. From the review on it has a key, which goes with every try of this choice: whatever
 * is repeated (a double click, a reload, the way back) is answered with the same reservation.
 */
export type Attempt =
  | { step: 'choose'; choice: Choice; refusal: Refusal | null }
  | { step: 'review'; choice: Choice; key: string }
  | { step: 'sending'; choice: Choice; key: string; owner: string; tries: number }
  /** The turn of the customer in the waiting room is waited for, then it is sent. `since` tells one wait from another. */
  | { step: 'queued'; choice: Choice; key: string; owner: string; since: number }
  | { step: 'waiting'; choice: Choice; key: string; owner: string; tries: number; why: Why; until: number }
  | { step: 'reserved'; owner: string; reservation: Reservation }
  | { step: 'over' };

export type Action =
  | { type: 'choose'; choice: Choice }
  /** `key` is fresh: this is another intention than the one before. */
  | { type: 'review'; choice: Choice; key: string }
  | { type: 'change' }
  /** `owner` is the customer who is signed in. */
  | { type: 'send'; owner: string }
  /** As `send`, when the turn has come. `now` in milliseconds since 1970. */
  | { type: 'queue'; owner: string; now: number }
  | { type: 'again' }
  | { type: 'answered'; reservation: Reservation }
  /** `now` in milliseconds since 1970. */
  | { type: 'failed'; failure: Failure; now: number }
  | { type: 'restart' };

export const START: Attempt = { step: 'choose', choice: {}, refusal: null };

/** What does not fit the step has no effect, so that a late click or answer does nothing. */
export const advance = (attempt: Attempt, action: Action): Attempt => {
  switch (action.type) {
    case 'choose':
      return attempt.step === 'choose' ? { ...attempt, choice: action.choice } : attempt;
    case 'review':
      return attempt.step === 'choose' ? { step: 'review', choice: action.choice, key: action.key } : attempt;
    case 'change':
      return mayChange(attempt) ? { step: 'choose', choice: attempt.choice, refusal: null } : attempt;
    case 'send':
      if (attempt.step !== 'review') return attempt;
      return { step: 'sending', choice: attempt.choice, key: attempt.key, owner: action.owner, tries: 0 };
    case 'queue': {
      if (attempt.step !== 'review') return attempt;
      const { choice, key } = attempt;
      return { step: 'queued', choice, key, owner: action.owner, since: action.now };
    }
    case 'again': {
      if (attempt.step !== 'queued' && attempt.step !== 'waiting') return attempt;
      const { choice, key, owner } = attempt;
      return { step: 'sending', choice, key, owner, tries: attempt.step === 'waiting' ? attempt.tries : 0 };
    }
    case 'answered':
      if (attempt.step !== 'sending') return attempt;
      return { step: 'reserved', owner: attempt.owner, reservation: action.reservation };
    case 'failed':
      return attempt.step === 'sending' ? afterFailure(attempt, action.failure, action.now) : attempt;
    case 'restart':
      return START;
  }
};

/** Whether another choice may be made: not while this one may have been reserved. */
export const mayChange = (attempt: Attempt): attempt is Extract<Attempt, { step: 'review' | 'queued' | 'waiting' }> =>
  attempt.step === 'review' || attempt.step === 'queued' || (attempt.step === 'waiting' && attempt.why !== 'no-answer');

type Sending = Extract<Attempt, { step: 'sending' }>;

const afterFailure = (attempt: Sending, failure: Failure, now: number): Attempt => {
  const { choice, key, owner, tries } = attempt;
  const refused = (refusal: Refusal): Attempt => ({ step: 'choose', choice, refusal });
  const wait = (why: Why): Attempt => {
    const seconds = failure.retryAfterSeconds ?? Math.min(30, 2 ** tries);
    return { step: 'waiting', choice, key, owner, tries: tries + 1, why, until: now + Math.max(1, seconds) * 1000 };
  };
  switch (failure.kind) {
    case 'seats-unavailable': {
      const grade = failure.grade ?? Object.keys(choice)[0] ?? '';
      return refused({ kind: failure.kind, grade, free: failure.free ?? 0, wanted: choice[grade] ?? 0 });
    }
    case 'customer-limit-reached':
      return refused({ kind: failure.kind, most: failure.maxPerCustomer });
    case 'performance-over':
      return { step: 'over' };
    case 'waiting-room':
      return { step: 'queued', choice, key, owner, since: now };
    case 'seat-check-unavailable':
      return wait('seat-check');
    case 'too-many-requests':
      return wait('busy');
    case 'request-in-flight':
      return wait('no-answer');
    default:
      if (failure.status === 401 || failure.status === 403) return { step: 'review', choice, key };
      // No answer, or one that does not say whether anything was done.
      return failure.status === 0 || failure.status >= 500 ? wait('no-answer') : refused({ kind: 'other' });
  }
};
