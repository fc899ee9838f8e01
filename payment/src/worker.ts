import type { Logger } from '@outerpark/chassis/logger';
import { startLoop } from '@outerpark/chassis/loop';
import type { PaymentProvider } from './clients/provider';
import type { Claim } from './use-cases/claim-step';

export interface WorkerOptions {
  claimStep: (providerAvailable: boolean) => Promise<Claim | 'settled' | undefined>;
  takeStep: (claim: Claim) => Promise<void>;
  availability: PaymentProvider['availability'];
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

/** Closes the gap between what is wanted and what is, payment by payment, those that have been due for longest first. */
export function startPaymentWorker(options: WorkerOptions): PaymentWorker {
  const { claimStep, takeStep, availability, concurrency, pollMs, logger } = options;
  const underWay = new Set<Promise<void>>();

  // While nobody knows whether the provider is back, one step finds out.
  const mayAsk = (): boolean => {
    const available = availability();
    return available === 'available' || (available === 'one_call' && underWay.size === 0);
  };

  const loop = startLoop({
    name: 'payment worker',
    logger,
    idleMs: pollMs,
    work: async () => {
      if (underWay.size >= concurrency) return 'idle';
      const claim = await claimStep(mayAsk());
      if (claim === undefined) return 'idle';
      if (claim !== 'settled') begin(claim);
      return 'busy';
    },
  });

  const begin = (claim: Claim): void => {
    const step = takeStep(claim)
      // The lease runs out, and then the same step is taken again.
      .catch((error: unknown) => logger.error({ err: error, reservationId: claim.reservationId }, 'step not settled'))
      .finally(() => {
        underWay.delete(step);
        loop.wake();
      });
    underWay.add(step);
  };

  return {
    wake: loop.wake,
    stop: async () => {
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}
