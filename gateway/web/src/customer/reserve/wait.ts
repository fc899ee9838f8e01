import type { WaitingPass } from '@outerpark/contracts/http/waiting-rooms';

/** How a wait stands so many milliseconds after it was told: as if it went on at the rate of then. */
export const waitAfter = (
  { ahead, expectedWaitSeconds }: Pick<WaitingPass, 'ahead' | 'expectedWaitSeconds'>,
  elapsedMs: number,
): { ahead: number; seconds: number } => {
  const left = Math.max(0, expectedWaitSeconds - Math.max(0, elapsedMs) / 1000);
  const share = expectedWaitSeconds > 0 ? left / expectedWaitSeconds : 0;
  return { ahead: Math.round(ahead * share), seconds: Math.ceil(left) };
};

/** Whole minutes, as they are said aloud; 0: less than one. */
export const minutesOf = (seconds: number): number => (seconds < 60 ? 0 : Math.round(seconds / 60));
