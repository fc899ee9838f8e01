import { continueTrace, runInContext } from '@outerpark/chassis/context';
import { adoptEvents, eventsOf, type Mended, type TopicMessage } from '@outerpark/chassis/messaging/adopt';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { RecordedEvent } from '@outerpark/contracts/events';
import type { ProviderCharge, ProviderLedger } from './clients/simulator-ledger';
import type { Attempt, Payment } from './domain/payment';
import { afterOwn, attemptOf, type PaymentEvent } from './domain/restored';
import { wantedAfter } from './domain/wanted';
import { appendToLedger, lockPayment, readAttempts, saveAttempts, savePayment } from './persistence/payments';

/**
 * Brings a store that was put back to where its own events and the provider's ledger say: what was charged there is known here
 * under the same key, so that nothing is charged again. `messages` are those since about the time to which it was put back, in
 * order of offset. What is wanted follows when reservation's events are consumed again.
 */
export async function reconcile(
  tx: Tx,
  messages: TopicMessage[],
  provider: ProviderLedger,
  now: Date,
): Promise<Mended> {
  const { adopted, conflicts } = await adoptEvents(
    tx,
    messages.filter(({ topic }) => topic === 'payment.events'),
  );
  const own = eventsOf(adopted) as PaymentEvent[];
  const reserved = new Map(
    eventsOf(messages.filter(({ topic }) => topic === 'reservation.events'))
      .filter((event) => event.type === 'SeatsReserved')
      .map((event) => [event.subject, event as RecordedEvent<'SeatsReserved'>]),
  );
  const charges = grouped(provider.charges, ({ reference }) => reference);
  const ofSubject = grouped(own, ({ subject }) => subject);
  const mends: Record<string, string[]> = {
    events: own.map(({ type, subject }) => `${type} of ${subject}`),
    payments: [],
    charges: [],
    refunds: [],
  };

  const live = await tx.query<{ id: string }>(
    `SELECT reservation_id AS id FROM payment WHERE status NOT IN ('approved', 'cancelled') OR (ended IS NOT NULL AND status <> 'cancelled')`,
  );
  const touched = new Set([
    ...ofSubject.keys(),
    ...live.map(({ id }) => id),
    ...eventsOf(messages.filter(({ topic }) => topic === 'reservation.events')).map(({ subject }) => subject),
  ]);
  for (const id of touched) {
    const events = ofSubject.get(id) ?? [];
    const charged = charges.get(id) ?? [];
    if (events.length === 0 && charged.length === 0) continue;
    const first = reserved.get(id);
    const stored = await lockPayment(tx, id);
    const before = stored ?? (first && wantedAfter(undefined, first, now));
    if (!before) {
      conflicts.push(`payment ${id}: there is no SeatsReserved of it`);
      continue;
    }
    const payment = events.reduce((state, event) => afterOwn(state, event, now), before);
    if (payment !== stored) {
      const trace = events.at(-1) ?? first;
      await runInContext(continueTrace(trace?.correlationId, trace?.traceparent), () => savePayment(tx, payment));
      mends.payments!.push(id);
    }
    const { fresh, clashing } = await mendAttempts(tx, payment, charged, provider);
    conflicts.push(
      ...clashing.map(({ kind, id: key }) => `payment ${id}: has another ${kind} than the provider's ${key}`),
    );
    for (const attempt of fresh) {
      const { kind, state, amount } = attempt;
      mends[`${kind}s`]!.push(`${state}: ${amount} KRW of ${id}, ${attempt.id}`);
    }
    if (charged.filter(({ status }) => status === 'approved').length > 1) {
      conflicts.push(`payment ${id}: the provider has charged it more than once`);
    }
  }
  return { mends, conflicts };
}

/**
 * Enters what the provider has charged and refunded, where this store does not know it. Gives what is new, and what clashes with what was
 * begun here under another key since the store was put back.
 */
async function mendAttempts(
  tx: Tx,
  payment: Payment,
  charged: ProviderCharge[],
  provider: ProviderLedger,
): Promise<{ fresh: Attempt[]; clashing: Attempt[] }> {
  const { reservationId } = payment;
  const known = new Map((await readAttempts(tx, reservationId)).map((attempt) => [attempt.id, attempt]));
  const attempts = charged.flatMap((charge, index) => {
    const refund = provider.refunds.find((one) => one.charge === charge.key);
    const newest = index === charged.length - 1;
    return [attemptOf(charge, payment, newest, refund !== undefined), ...(refund ? [refunded(refund)] : [])];
  });
  const unknown = attempts.filter(({ id, settledAt }) => {
    const before = known.get(id);
    return before === undefined || (before.settledAt === null && settledAt !== null);
  });
  const asOfNow = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const ours = [...known.values()].map((attempt) => asOfNow.get(attempt.id) ?? attempt).filter(stands);
  const [fresh, clashing]: [Attempt[], Attempt[]] = [[], []];
  for (const attempt of unknown) {
    // The provider's own may clash as well: when it has charged twice.
    const other = [...ours, ...fresh.filter(stands)].some(({ id, kind }) => id !== attempt.id && kind === attempt.kind);
    (other && stands(attempt) ? clashing : fresh).push(attempt);
  }
  await saveAttempts(
    tx,
    fresh.map((attempt) => ({ reservationId, attempt })),
  );
  await appendToLedger(
    tx,
    fresh.flatMap(({ state, id: attemptId, amount, settledAt: at }) =>
      (state === 'captured' || state === 'refunded') && at
        ? [{ reservationId, attemptId, kind: state, amount, at }]
        : [],
    ),
  );
  if (fresh.length > 0)
    await tx.query(`UPDATE payment SET next_attempt_at = now() WHERE reservation_id = $1`, [reservationId]);
  return { fresh, clashing };
}

/** There may be one charge and one refund of this kind. */
const stands = ({ state }: Attempt): boolean => state !== 'declined' && state !== 'cancelled';

const refunded = ({ key: id, amount, createdAt: at }: ProviderLedger['refunds'][number]): Attempt => {
  const createdAt = new Date(at);
  return { id, kind: 'refund', amount, state: 'refunded', reason: null, url: null, createdAt, settledAt: createdAt };
};

function grouped<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
