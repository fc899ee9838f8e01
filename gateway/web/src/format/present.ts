/** How far the server's clock is before this device's, in milliseconds. */
let ahead = 0;

/** Below that, the answer's way and its whole seconds explain the difference. */
const TOLERANCE_MS = 5000;

/** What the `Date` header of an answer says of this device's clock, which read `now` when it came: milliseconds to add to it. */
export const aheadOf = (date: string | null, now: number): number => {
  const difference = Date.parse(date ?? '') - now;
  return Math.abs(difference) > TOLERANCE_MS ? difference : 0;
};

/** Deadlines are the server's: a device whose clock is wrong still counts down to the right moment. */
export const learnPresent = (date: string | null): void => {
  ahead = aheadOf(date, Date.now());
};

/** The present by the server's clock, in milliseconds since 1970. */
export const present = (): number => Date.now() + ahead;
