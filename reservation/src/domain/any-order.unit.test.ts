import fc from 'fast-check';
import {
  adoptDeadline,
  decide,
  evolve,
  reserve,
  type Command,
  type Reservation,
  type ReservationEvent,
} from './reservation';

// Commands come in any order, late, twice and with clocks that disagree. Whatever comes, a reservation's story makes sense.

const MINUTE = 60_000;
const now = new Date('2026-11-23T10:00:00.000Z');
const after = (minutes: number) => new Date(now.getTime() + minutes * MINUTE);
const startsAt = after(90);

const [fresh] = reserve(
  {
    reservationId: '0190f3a2-7c1e-7b4d-9a1b-000000000001',
    musicalId: '0190f3a2-7c1e-7b4d-9a1b-000000000002',
    musical: 'Chagall',
    performanceId: '0190f3a2-7c1e-7b4d-9a1b-000000000003',
    startsAt: startsAt.toISOString(),
    venue: 'Seoul',
    lines: [{ gradeId: '0190f3a2-7c1e-7b4d-9a1b-000000000004', grade: 'R', seats: 2, price: 50_000 }],
    seats: 2,
    price: 100_000,
  },
  'alice',
  now,
  15 * MINUTE,
);

type Step = Command | { type: 'AdoptDeadline'; deadline: Date };

const moment = fc.integer({ min: -5, max: 100 }).map(after);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant('Cancel' as const),
    by: fc.constantFrom('customer' as const, 'admin' as const),
    now: moment,
  }),
  fc.record({ type: fc.constant('RequestPayment' as const), now: moment }),
  fc.constant({ type: 'ConfirmPaid' as const }),
  fc.record({ type: fc.constant('Expire' as const), now: moment }),
  fc.record({ type: fc.constant('AdoptDeadline' as const), deadline: moment }),
);

/** One step as the use cases take it: a refusal changes nothing, an event is the only thing that changes a status. */
function take(reservation: Reservation, next: Step): { reservation: Reservation; events: ReservationEvent[] } {
  if (next.type === 'AdoptDeadline') return { reservation: adoptDeadline(reservation, next.deadline), events: [] };
  const decision = decide(next, Object.freeze(reservation));
  const events = 'events' in decision ? decision.events : [];
  return { reservation: events.reduce(evolve, reservation), events };
}

const LEADS_TO: Record<Reservation['status'], Reservation['status'][]> = {
  awaiting_payment: ['awaiting_payment', 'confirmed', 'cancelled', 'expired'],
  confirmed: ['confirmed', 'cancelled'],
  cancelled: ['cancelled'],
  expired: ['expired'],
};

test('whatever comes in whatever order, the story makes sense', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const told: ReservationEvent[] = [];
      let before = fresh;
      for (const next of steps) {
        const { reservation, events } = take(before, next);
        told.push(...events);

        expect(LEADS_TO[before.status]).toContain(reservation.status);
        expect(reservation.version).toBe(1 + told.length);
        expect(reservation.paymentDeadline >= before.paymentDeadline).toBe(true);
        if (events.length === 0) expect(reservation.status).toBe(before.status);
        for (const { type } of events) expectAllowed(type, next, before);
        before = reservation;
      }
      for (const type of ['ReservationConfirmed', 'ReservationCancelled', 'ReservationExpired']) {
        expect(told.filter((event) => event.type === type).length).toBeLessThanOrEqual(1);
      }
      expect(told.every(({ data }) => data.reservationId === fresh.id && data.customerId === 'alice')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

function expectAllowed(type: ReservationEvent['type'], by: Step, before: Reservation): void {
  switch (type) {
    case 'PaymentRequested':
      expect(before.status).toBe('awaiting_payment');
      return expect('now' in by && by.now < before.paymentDeadline).toBe(true);
    case 'ReservationConfirmed':
      return expect([before.status, by.type]).toEqual(['awaiting_payment', 'ConfirmPaid']);
    case 'ReservationCancelled':
      expect(['awaiting_payment', 'confirmed']).toContain(before.status);
      return expect('now' in by && by.now < startsAt).toBe(true);
    case 'ReservationExpired':
      expect(before.status).toBe('awaiting_payment');
      return expect('now' in by && by.now >= before.paymentDeadline).toBe(true);
  }
}

test('a command that comes twice does what it does once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 10 }), step, (steps, last) => {
      const once = take(
        steps.reduce((state, next) => take(state, next).reservation, fresh),
        last,
      ).reservation;
      const twice = take(once, last);
      // Asking to pay again is asking again.
      if (last.type !== 'RequestPayment') expect(twice).toEqual({ reservation: once, events: [] });
    }),
    { numRuns: 500 },
  );
});
