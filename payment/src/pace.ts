/** At which pace the provider is asked: evenly, with a little chance in it, so that replicas do not march in step. */
export interface Pace {
  /** Milliseconds until the next call may begin; 0: now. */
  waitMs(): number;
  /** How many calls may begin now, whatever chance says of each. */
  mayBegin(): number;
  /** A call begins. */
  begin(): void;
  /** The provider is away: when it is back, calls begin slowly. To be said for as long as it is. */
  slowStart(): void;
  /** A call got no clear answer, and none may follow within `retryAfterMs`. */
  fallBack(retryAfterMs?: number): void;
  /** How long so many calls take from now on, in milliseconds. */
  msFor(calls: number): number;
}

interface PaceOptions {
  /** Calls a second, at most. */
  limit: number;
  /** Milliseconds of a clock that never jumps. */
  nowMs: () => number;
  /** In [0, 1). */
  chance: () => number;
}

const SECOND = 1_000;
const LOWEST = 1 / 20;
const FALL_BACK = 1 / 4;
/** Of a call, in tokens: one on average. */
const LOWEST_PRICE = 0.75;
const HIGHEST_PRICE = 1.25;
/** A provider that wants to be left alone for longer is asked all the same. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * A token bucket of a tenth of a second. The rate doubles each second up to the limit; it begins at a twentieth of it when the
 * provider was away, and falls back to a quarter, once a second at most, while answers are missing.
 */
export function createPace({ limit, nowMs, chance }: PaceOptions): Pace {
  const lowest = Math.min(limit, Math.max(1, limit * LOWEST));
  let base = limit;
  let since = nowMs();
  let tokens = 1;
  let filledAt = since;
  let price = 1;
  let pausedUntil = 0;

  const rateAfter = (ms: number): number => Math.min(limit, base * 2 ** Math.floor(ms / SECOND));
  const fill = (now: number): void => {
    const rate = rateAfter(now - since);
    tokens = Math.min(Math.max(HIGHEST_PRICE, rate / 10), tokens + ((now - filledAt) / SECOND) * rate);
    filledAt = now;
  };
  const goOnFrom = (rate: number, now: number): void => {
    fill(now);
    base = rate;
    since = now;
  };

  return {
    waitMs: () => {
      const now = nowMs();
      if (now < pausedUntil) return pausedUntil - now;
      fill(now);
      return tokens >= price ? 0 : Math.ceil(((price - tokens) / rateAfter(now - since)) * SECOND);
    },
    mayBegin: () => {
      const now = nowMs();
      if (now < pausedUntil) return 0;
      fill(now);
      return tokens < price ? 0 : 1 + Math.floor((tokens - price) / HIGHEST_PRICE);
    },
    begin: () => {
      fill(nowMs());
      tokens -= price;
      price = LOWEST_PRICE + chance() * (HIGHEST_PRICE - LOWEST_PRICE);
    },
    slowStart: () => {
      goOnFrom(lowest, nowMs());
      tokens = Math.min(tokens, HIGHEST_PRICE);
    },
    fallBack: (retryAfterMs = 0) => {
      const now = nowMs();
      pausedUntil = Math.max(pausedUntil, now + Math.min(retryAfterMs, LONGEST_PAUSE_MS));
      if (now - since >= SECOND) goOnFrom(Math.max(lowest, rateAfter(now - since) * FALL_BACK), now);
    },
    msFor: (calls) => {
      const begun = nowMs() - since;
      let left = calls;
      let seconds = 0;
      for (let rate = rateAfter(begun); rate < limit && left > rate; rate = rateAfter(begun + seconds * SECOND)) {
        left -= rate;
        seconds++;
      }
      return Math.max(0, pausedUntil - nowMs()) + (seconds + left / rateAfter(begun + seconds * SECOND)) * SECOND;
    },
  };
}
