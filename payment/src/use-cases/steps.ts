import { randomUUID } from 'node:crypto';
import { errorMessage } from '@outerpark/chassis/errors';
import type { Logger } from '@outerpark/chassis/logger';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import { isPassingFailure } from '@outerpark/chassis/postgres/failures';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { Tracer } from '@outerpark/chassis/telemetry/tracer';
import type { PaymentProvider } from '../clients/provider';
import { later, type Moment, type Policy } from '../domain/payment';
import type { Settled } from '../domain/settle';
import type { Pace } from '../pace';
import { appendToLedger, putOff, saveAttempt, savePayment } from '../persistence/payments';

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
  tracer?: Tracer | undefined;
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
  outbox.append(tx, reservationId, version + 1, events, now);
}

const PUT_OFF_MS = 30_000;

/**
 * Takes one payment forward; when it cannot go on as it is, puts it off, so that it does not hold up the others. The work says
 * which payment it is about.
 */
export async function puttingOff<T>(
  { store, now, logger }: Steps,
  work: (about: (reservationId: string) => void) => Promise<T>,
): Promise<T | 'put_off'> {
  let reservationId: string | undefined;
  try {
    return await work((id) => (reservationId = id));
  } catch (error) {
    if (reservationId === undefined || isPassingFailure(error)) throw error;
    const [id, until] = [reservationId, later(now(), PUT_OFF_MS)];
    logger.error({ err: error, reservationId: id, until }, 'payment cannot go on, put off');
    await store.transact((tx) => putOff(tx, id, until, errorMessage(error)));
    return 'put_off';
  }
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
