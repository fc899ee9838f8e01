import { currentContext, type Context } from '@outerpark/chassis/context';
import { problem, type ProblemError } from '@outerpark/chassis/errors';
import type { Identity } from '@outerpark/chassis/http/auth';
import { isStored, type Answer } from '@outerpark/chassis/http/idempotency';
import { problemAnswer } from '@outerpark/chassis/http/problem-details';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import { together } from '@outerpark/chassis/together';
import { customerContact } from '@outerpark/contracts/customer-contacts';
import type { Hold, WantedSeats } from '@outerpark/contracts/http/holds';
import type { MusicalClient } from '../clients/musical-client';
import { reserve } from '../domain/reservation';
import { rememberContacts, type GivenContact } from '../persistence/contacts';
import { createOpenIntent, fulfilIntents, refuseIntent, ROUNDS } from '../persistence/intents';
import { insertReservations } from '../persistence/reservations';
import { abandon } from './abandon-intents';
import { asAnswer } from './as-answer';

export interface ReserveSeats {
  customer: Identity;
  wanted: WantedSeats;
  /** The Idempotency-Key, when there is one. */
  key: string | undefined;
  fingerprint: string;
}

interface Dependencies {
  store: Store;
  outbox: Outbox;
  musical: MusicalClient;
  now: () => Date;
  paymentWindowMs: number;
  intentLeaseMs: number;
}

/** A hold that is to become its customer's reservation, and the request that wants it. */
interface Held {
  hold: Hold;
  customer: Identity;
  context: Context;
}

/**
 * Reserves seats: first the intent is committed, then musical holds the seats, then the reservation is stored, if the intent is
 * still open. Gives 201 with the reservation, or the answer that stands under the Idempotency-Key. Throws musical's refusal, and
 * `seat-check-unavailable` when musical gives no definite answer: then at worst some seats are withheld a while.
 */
export function createReserveSeats({ store, outbox, musical, now, paymentWindowMs, intentLeaseMs }: Dependencies) {
  const openIntent = createOpenIntent(store, intentLeaseMs);

  // Those of concurrent requests in one transaction; undefined for the one whose intent was abandoned meanwhile.
  const storeReservation = together<Held, Answer | undefined>(
    () => 'reservations',
    (held) =>
      store.transact(async (tx) => {
        const time = now();
        const made = held.map(({ hold, customer, context }) => {
          const [reservation, reserved] = reserve(hold, customer.customerId, time, paymentWindowMs);
          const answer = { status: 201, body: asAnswer(reservation) };
          return { reservationId: hold.reservationId, reservation, reserved, answer, customer, context };
        });
        const open = await fulfilIntents(tx, made);
        const stored = made.filter(({ reservationId }) => open.has(reservationId));
        if (stored.length > 0) await insertReservations(tx, outbox, stored, time);
        await rememberContacts(tx, outbox, stored.flatMap(contactOf), time);
        return made.map(({ reservationId, answer }) => (open.has(reservationId) ? answer : undefined));
      }),
    ROUNDS,
  );

  return async (request: ReserveSeats): Promise<Answer & { replayed?: boolean }> => {
    const began = performance.now();
    const { customer, wanted, key, fingerprint } = request;
    const intent = await openIntent({ customerId: customer.customerId, key, fingerprint });
    switch (intent.kind) {
      case 'replay':
        return { status: intent.status, body: intent.body, replayed: true };
      case 'in-flight':
        throw problem('request-in-flight', undefined, { retryAfterSeconds: 1 });
      case 'mismatch':
        throw problem('idempotency-key-reused');
      case 'open':
    }

    const { reservationId, attempt } = intent;
    // What was asked for before, here or by an earlier attempt, may be held, or be held later: only the event undoes that.
    const closeIntent = (final: boolean, answer?: Answer) =>
      final && attempt === 1
        ? refuseIntent(store, reservationId, answer)
        : abandon(store, outbox, reservationId, now());

    const result = await musical.hold({ reservationId, wanted }, customer.token, performance.now() - began);
    switch (result.kind) {
      case 'held': {
        const answer = await storeReservation({ hold: result.hold, customer, context: currentContext() });
        if (!answer) throw unavailable(1_000);
        return answer;
      }
      case 'refused':
        await closeIntent(result.final, toKeep(result.problem));
        throw result.problem;
      case 'not-asked':
        await closeIntent(true);
        throw unavailable(result.retryAfterMs);
      case 'unknown':
        await abandon(store, outbox, reservationId, now());
        throw unavailable(1_000, result.reason);
    }
  };
}

function contactOf({ customer, context }: Pick<Held, 'customer' | 'context'>): GivenContact[] {
  const contact = customerContact.safeParse(customer);
  return contact.success ? [{ customerId: customer.customerId, contact: contact.data, context }] : [];
}

const unavailable = (retryAfterMs: number, reason?: string): ProblemError =>
  Object.assign(problem('seat-check-unavailable', undefined, { retryAfterSeconds: retryAfterMs / 1_000 }), {
    cause: reason,
  });

function toKeep(refusal: ProblemError): Answer | undefined {
  const { status, body } = problemAnswer(refusal);
  return isStored(status) ? { status, body } : undefined;
}
