import type { RecordedEvent } from '@outerpark/contracts/events';
import type { Payment } from './payment';

type Reserved = RecordedEvent<'SeatsReserved'>;
type Requested = RecordedEvent<'PaymentRequested'>;
type Ended = RecordedEvent<'ReservationCancelled'> | RecordedEvent<'ReservationExpired'>;
type Abandoned = RecordedEvent<'ReservationAbandoned'>;
export type ReservationEvent = Reserved | Requested | Ended | Abandoned;

/**
 * What is wanted after an event of the reservation: the only thing that events change. An event that is older than what was
 * applied says nothing new, so a payment that was ended is never raised again by a `SeatsReserved` that comes late. That a
 * reservation was abandoned is true whatever its version: it is said of what this service may know and reservation does not.
 */
export function wantedAfter(payment: Payment | undefined, event: ReservationEvent, now: Date): Payment | undefined {
  if (event.type === 'ReservationAbandoned') return payment && ended(payment, event, now);
  if (payment && event.version <= payment.reservationVersion) return payment;
  switch (event.type) {
    case 'SeatsReserved':
      return payment ?? reserved(event, now);
    case 'PaymentRequested':
      return payment && requested(payment, event, now);
    case 'ReservationCancelled':
    case 'ReservationExpired':
      return ended(payment ?? unknownBefore(event, now), event, now);
  }
}

const reserved = ({ data, version, time }: Reserved, now: Date): Payment => ({
  ...blank(data.reservationId, data.customerId, data.price, new Date(time), now),
  reservationVersion: version,
  deadline: new Date(data.paymentDeadline),
  startsAt: new Date(data.startsAt),
});

/** One more try, if the last one ended in a decline: otherwise there is one under way, or nothing to pay. */
const requested = (payment: Payment, { version, time }: Requested, now: Date): Payment => {
  const known = { ...payment, reservationVersion: version };
  if (payment.ended || payment.status !== 'declined') return known;
  return {
    ...known,
    status: 'requested',
    triesWanted: payment.triesWanted + 1,
    askedAt: new Date(time),
    failures: 0,
    failingSince: null,
    nextAttemptAt: now,
    updatedAt: now,
  };
};

const ended = (payment: Payment, event: Ended | Abandoned, now: Date): Payment => ({
  ...payment,
  reservationVersion: Math.max(payment.reservationVersion, event.version),
  ended: payment.ended ?? (event.type === 'ReservationExpired' ? 'expired' : 'cancelled'),
  endedAt: payment.endedAt ?? now,
  failures: 0,
  failingSince: null,
  expectedAt: null,
  nextAttemptAt: now,
  parkedUntil: null,
  updatedAt: now,
});

/** The end came first: nothing reads the deadline of a payment that has ended. */
const unknownBefore = ({ data, time }: Ended, now: Date): Payment =>
  blank(data.reservationId, data.customerId, data.price, new Date(time), now);

const blank = (reservationId: string, customerId: string, price: number, createdAt: Date, now: Date): Payment => ({
  reservationId,
  customerId,
  price,
  ended: null,
  endedAt: null,
  reservationVersion: 0,
  version: 0,
  status: 'requested',
  triesWanted: 1,
  askedAt: createdAt,
  deadline: createdAt,
  startsAt: createdAt,
  createdAt,
  deferredSince: null,
  expectedAt: null,
  url: null,
  nextAttemptAt: now,
  parkedUntil: null,
  failures: 0,
  failingSince: null,
  lastError: null,
  updatedAt: now,
});
