import { randomUUID } from 'node:crypto';
import { runInContext, type Context } from '@outerpark/chassis/context';
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
import { appendToLedger, putOff, saveAttempts, savePayments } from '../persistence/payments';

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

/** A step that was taken, with what came of it. */
export interface Taken extends Settled {
  step: string;
  /** What the provider said; `done` when it was not asked. */
  outcome: string;
  /** Of the request that the payment goes on for. */
  context: Context;
}

/** State, ledger and events of many steps, in one transaction; each is told of in its own context after the commit. */
export async function saveTaken(
  { outbox, ...steps }: Steps,
  tx: Tx,
  taken: Taken[],
  leases: 'ended' | 'kept',
): Promise<void> {
  const now = steps.now();
  await savePayments(
    tx,
    taken.map(({ payment, events, context }) => ({
      payment: { ...payment, version: payment.version + events.length },
      context,
    })),
    leases,
  );
  await saveAttempts(
    tx,
    taken.flatMap(({ payment: { reservationId }, attempt }) => (attempt ? [{ reservationId, attempt }] : [])),
  );
  await appendToLedger(
    tx,
    taken.flatMap(({ payment: { reservationId }, ledger }) => ledger.map((entry) => ({ reservationId, ...entry }))),
  );
  outbox.appendAll(
    tx,
    taken.map(({ payment: { reservationId, version }, events, context }) => ({
      subject: reservationId,
      firstVersion: version + 1,
      ...{ events, context },
    })),
    now,
  );
  tx.afterCommit(() => {
    for (const one of taken) runInContext(one.context, () => tell(steps, one));
  });
}

const PUT_OFF_MS = 30_000;

/**
 * Takes so many payments forward in one transaction. When they cannot go on together each is taken by itself, so that the one that
 * cannot go on at all is put off and does not hold up the others. The work gives how many it has taken, and says which payment
 * it is about. Gives how many were taken forward or put off.
 */
export async function takeTogether(
  steps: Steps,
  atMost: number,
  work: (atMost: number, about: (reservationId: string) => void) => Promise<number>,
): Promise<number> {
  try {
    return await work(atMost, () => undefined);
  } catch (error) {
    if (isPassingFailure(error)) throw error;
  }
  let taken = 0;
  while (taken < atMost && (await takeOrPutOff(steps, (about) => work(1, about))) > 0) taken++;
  return taken;
}

async function takeOrPutOff(
  { store, now, logger }: Steps,
  work: (about: (reservationId: string) => void) => Promise<number>,
): Promise<number> {
  let reservationId: string | undefined;
  try {
    return await work((id) => (reservationId = id));
  } catch (error) {
    if (reservationId === undefined || isPassingFailure(error)) throw error;
    const [id, until] = [reservationId, later(now(), PUT_OFF_MS)];
    logger.error({ err: error, reservationId: id, until }, 'payment cannot go on, put off');
    await store.transact((tx) => putOff(tx, id, until, errorMessage(error)));
    return 1;
  }
}

/** The one line that tells of a step; of one for which nobody was asked only when it was said to others, too. */
function tell({ logger, count }: Pick<Steps, 'logger' | 'count'>, taken: Taken): void {
  const { step, outcome, payment, attempt, events } = taken;
  if (outcome === 'done' && events.length === 0) return;
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
