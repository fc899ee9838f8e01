import { randomUUID } from 'node:crypto';
import type { EventData, RecordedEvent } from '@outerpark/contracts/events';
import type { Attempt, Moment, Payment, Policy } from '../src/domain/payment';
import type { ReservationEvent } from '../src/domain/wanted';

// What the rules are tested with. Times are minutes after noon, so that a table of cases reads like a story.

export const RESERVATION = '6f1c2f0e-2c1f-4f0e-9d2b-000000000001';
const NOON = Date.parse('2026-11-23T12:00:00.000Z');

export const minute = (minutes: number): Date => new Date(NOON + minutes * 60_000);

export const policy: Policy = {
  deferralMs: 15 * 60_000,
  cutoffMs: 60_000,
  longestMs: 24 * 3_600_000,
  retryMs: { first: 250, longest: 10_000 },
  pagePollMs: { first: 1_000, longest: 5_000 },
};

/** Reserved at noon for 30,000 KRW until 12:15, for a performance in a week. */
export const paymentWith = (changes: Partial<Payment> = {}): Payment => ({
  reservationId: RESERVATION,
  customerId: 'alice',
  price: 30_000,
  ended: null,
  endedAt: null,
  reservationVersion: 1,
  version: 0,
  status: 'requested',
  triesWanted: 1,
  askedAt: minute(0),
  deadline: minute(15),
  startsAt: minute(7 * 24 * 60),
  createdAt: minute(0),
  deferredSince: null,
  expectedAt: null,
  url: null,
  nextAttemptAt: minute(0),
  parkedUntil: null,
  failures: 0,
  failingSince: null,
  lastError: null,
  updatedAt: minute(0),
  ...changes,
});

export const chargeWith = (state: Attempt['state'], changes: Partial<Attempt> = {}): Attempt => ({
  id: randomUUID(),
  kind: 'charge',
  amount: 30_000,
  state,
  reason: state === 'declined' ? 'No money' : null,
  url: state === 'action_required' ? 'https://pay.example/1' : null,
  createdAt: minute(0),
  settledAt: state === 'open' || state === 'action_required' ? null : minute(0),
  ...changes,
});

export const refundWith = (state: 'open' | 'refunded'): Attempt => chargeWith(state, { kind: 'refund' });

export const moment = (minutes: number, changes: Partial<Moment> = {}): Moment => ({
  now: minute(minutes),
  newId: randomUUID(),
  chance: 0.5,
  providerAvailable: true,
  expectedAt: null,
  ...changes,
});

type ReservationEventType = ReservationEvent['type'];

/** An event of the reservation as it comes from Kafka. */
export function reservationEvent<T extends ReservationEventType>(
  type: T,
  version: number,
  { at = 0, data = {} }: { at?: number; data?: Partial<EventData<'SeatsReserved'>> } = {},
): RecordedEvent<T> {
  const whole = {
    reservationId: RESERVATION,
    customerId: 'alice',
    musicalId: randomUUID(),
    musical: 'Outer Park',
    performanceId: randomUUID(),
    startsAt: minute(7 * 24 * 60).toISOString(),
    venue: 'Main hall',
    lines: [{ gradeId: randomUUID(), grade: 'R', seats: 2, price: 15_000 }],
    seats: 2,
    price: 30_000,
    paymentDeadline: minute(15).toISOString(),
    by: 'customer' as const,
    ...data,
  };
  return {
    type,
    data: whole,
    id: randomUUID(),
    source: 'outerpark/reservation',
    time: minute(at).toISOString(),
    subject: whole.reservationId,
    version,
    schemaVersion: 1,
    correlationId: 'test',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  } as unknown as RecordedEvent<T>;
}
