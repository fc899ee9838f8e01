import { randomUUID } from 'node:crypto';
import type { Logger } from '@outerpark/chassis/logger';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { PaymentProvider } from '../clients/provider';
import type { Moment, Policy } from '../domain/payment';
import type { Settled } from '../domain/settle';
import type { Pace } from '../pace';
import { appendToLedger, saveAttempt, savePayment } from '../persistence/payments';

/** What taking a payment a step further needs. */
export interface Steps {
  store: Store;
  outbox: Outbox;
  provider: PaymentProvider;
  pace: Pick<Pace, 'fallBack'>;
  /** When a payment that is put off now is likely to be taken up. */
  forecast: () => Date | null;
  policy: Policy;
  /** For how long a claimed payment is left to its worker, in milliseconds: longer than the provider may take. */
  leaseMs: number;
  now: () => Date;
  logger: Logger;
  /** Counts steps by what they were and what came of them. */
  count: (step: string, outcome: string) => void;
}

export const momentOf = ({ now, forecast }: Pick<Steps, 'now' | 'forecast'>, providerAvailable: boolean): Moment => ({
  now: now(),
  newId: randomUUID(),
  chance: Math.random(),
  providerAvailable,
  expectedAt: forecast(),
});

/** State, ledger and events of a step, in one transaction. */
export async function saveSettled(tx: Tx, outbox: Outbox, settled: Settled, now: Date): Promise<void> {
  const { payment, attempt, ledger, events } = settled;
  const { reservationId, version } = payment;
  await savePayment(tx, { ...payment, version: version + events.length });
  if (attempt) await saveAttempt(tx, reservationId, attempt);
  await appendToLedger(tx, reservationId, ledger);
  await outbox.append(tx, reservationId, version + 1, events, now);
}

/** The one line that tells of a settled step, after its commit. */
export function tellSettled({ logger, count }: Steps, step: string, outcome: string, settled: Settled): void {
  const { payment, attempt, events } = settled;
  const { reservationId, status, failures, lastError } = payment;
  count(step, outcome);
  logger.info(
    {
      reservationId,
      step,
      outcome,
      attempt: attempt?.id,
      status,
      events: events.map(({ type }) => type),
      ...(outcome === 'unknown' ? { failures, reason: lastError } : {}),
    },
    'payment step',
  );
}
