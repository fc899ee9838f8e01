import type { Logger } from '@outerpark/chassis/logger';
import { restAfter, startLoop } from '@outerpark/chassis/loop';
import type { PaymentProvider } from './clients/provider';
import type { Pace } from './pace';
import type { Claim } from './use-cases/claim-steps';

export interface WorkerOptions {
  claimSteps: (atMost: number, begin: (claim: Claim) => void) => Promise<boolean>;
  takeStep: (claim: Claim) => Promise<void>;
  settleWaiting: (waitedMs: number) => Promise<number>;
  availability: PaymentProvider['availability'];
  pace: Pace;
  /** How many steps are under way at once. */
  concurrency: number;
  pollMs: number;
  logger: Logger;
}

export interface PaymentWorker {
  /** A payment may be due. */
  wake(): void;
  /** Claims nothing more and finishes the steps under way. */
  stop(): Promise<void>;
}

/** Who waits that long for the provider's turn is told that it takes longer. */
const PATIENCE_MS = 30_000;

/**
 * Closes the gap between what is wanted and what is, payment by payment, those that have been due for longest first. One loop asks
 * the provider, at its pace; the other does what needs no provider for those who wait: all of them while it is away.
 */
export function startPaymentWorker(options: WorkerOptions): PaymentWorker {
  const { claimSteps, takeStep, settleWaiting, availability, pace, concurrency, pollMs, logger } = options;
  const underWay = new Set<Promise<void>>();
  let turn: NodeJS.Timeout | undefined;
  /** Until then more that is due may gather. */
  let restUntil = 0;

  // While nobody knows whether the provider is back, one step finds out.
  const freePlaces = (): number => {
    const available = availability();
    if (available !== 'available') pace.slowStart();
    return (available === 'available' ? concurrency : available === 'one_call' ? 1 : 0) - underWay.size;
  };

  const asking = startLoop({
    name: 'payment worker',
    logger,
    idleMs: pollMs,
    work: async () => {
      const places = freePlaces();
      if (places <= 0) return 'idle';
      const waitMs = Math.max(pace.waitMs(), Math.ceil(restUntil - performance.now()));
      if (waitMs > 0) {
        clearTimeout(turn);
        turn = setTimeout(asking.wake, waitMs);
        return 'idle';
      }
      const most = Math.min(places, pace.mayBegin());
      let begun = 0;
      const found = await claimSteps(most, (claim) => {
        begun++;
        begin(claim);
      });
      // Where more are due already, nothing has to gather.
      restUntil = begun < most ? performance.now() + restAfter(begun) : 0;
      return found ? 'busy' : 'idle';
    },
  });

  const waiting = startLoop({
    name: 'payments that wait',
    logger,
    idleMs: pollMs,
    work: async () => ((await settleWaiting(availability() === 'available' ? PATIENCE_MS : 0)) === 0 ? 'idle' : 'busy'),
  });

  const begin = (claim: Claim): void => {
    pace.begin();
    const step = takeStep(claim)
      // The lease runs out, and then the same step is taken again.
      .catch((error: unknown) => logger.error({ err: error, reservationId: claim.reservationId }, 'step not settled'))
      .finally(() => {
        underWay.delete(step);
        asking.wake();
      });
    underWay.add(step);
  };

  return {
    wake: asking.wake,
    stop: async () => {
      await Promise.all([asking.stop(), waiting.stop()]);
      clearTimeout(turn);
      await Promise.all(underWay);
    },
  };
}
