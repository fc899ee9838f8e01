import { START, type Attempt } from './attempt';

// Of this tab only: another tab is another attempt.
const nameOf = (performanceId: string) => `outerpark.attempt.${performanceId}`;

export const keepAttempt = (performanceId: string, attempt: Attempt): void =>
  sessionStorage.setItem(nameOf(performanceId), JSON.stringify(attempt));

/** The attempt as it was before a reload or on the way back. */
export const keptAttempt = (performanceId: string): Attempt => {
  const kept = sessionStorage.getItem(nameOf(performanceId));
  if (kept === null) return START;
  try {
    return JSON.parse(kept) as Attempt;
  } catch {
    return START;
  }
};
