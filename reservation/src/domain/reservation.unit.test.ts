import type { Hold } from '@outerpark/contracts/http/holds';
import { adoptDeadline, decide, evolve, reserve, type Command, type Reservation } from './reservation';

const now = new Date('2026-11-23T10:00:00.000Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

const hold: Hold = {
  reservationId: '0190f3a2-7c1e-7b4d-9a1b-000000000001',
  musicalId: '0190f3a2-7c1e-7b4d-9a1b-000000000002',
  musical: 'Chagall',
  performanceId: '0190f3a2-7c1e-7b4d-9a1b-000000000003',
  startsAt: '2026-12-24T10:30:00.000Z',
  venue: 'Seoul',
  lines: [{ gradeId: '0190f3a2-7c1e-7b4d-9a1b-000000000004', grade: 'R', seats: 2, price: 50_000 }],
  seats: 2,
  price: 100_000,
};
const [reserved] = reserve(hold, 'alice', now, 15 * 60_000);
const as = (status: Reservation['status']): Reservation => ({ ...reserved, status });
const about = { reservationId: hold.reservationId, customerId: 'alice' };
const ended = { ...about, performanceId: hold.performanceId, price: 100_000 };

describe('reserve', () => {
  test('gives the customer the payment window, and says so in the first event', () => {
    const [reservation, event] = reserve(hold, 'alice', now, 15 * 60_000);
    expect(reservation).toMatchObject({
      status: 'awaiting_payment',
      version: 1,
      paymentDeadline: later(15),
      price: 100_000,
    });
    expect(event).toEqual({
      type: 'SeatsReserved',
      data: { ...hold, customerId: 'alice', paymentDeadline: later(15).toISOString() },
    });
  });

  test('gives no time beyond the beginning of the performance', () => {
    const [{ paymentDeadline }] = reserve({ ...hold, startsAt: later(5).toISOString() }, 'alice', now, 15 * 60_000);
    expect(paymentDeadline).toEqual(later(5));
  });
});

describe('decide', () => {
  const cancel: Command = { type: 'Cancel', by: 'customer', now };
  const expire: Command = { type: 'Expire', now: later(15) };
  const pay: Command = { type: 'RequestPayment', now };
  const confirm: Command = { type: 'ConfirmPaid' };

  test.each([
    ['awaiting_payment', cancel, { events: [{ type: 'ReservationCancelled', data: { ...ended, by: 'customer' } }] }],
    ['confirmed', cancel, { events: [{ type: 'ReservationCancelled', data: { ...ended, by: 'customer' } }] }],
    ['cancelled', cancel, { events: [] }],
    ['expired', cancel, { refused: 'reservation-ended' }],
    ['awaiting_payment', { ...cancel, now: new Date(hold.startsAt) }, { refused: 'performance-over' }],
    ['awaiting_payment', confirm, { events: [{ type: 'ReservationConfirmed', data: ended }] }],
    ['confirmed', confirm, { events: [] }],
    ['cancelled', confirm, { events: [] }],
    ['expired', confirm, { events: [] }],
    ['awaiting_payment', expire, { events: [{ type: 'ReservationExpired', data: ended }] }],
    ['awaiting_payment', { ...expire, now: later(14) }, { events: [] }],
    ['confirmed', expire, { events: [] }],
    ['cancelled', expire, { events: [] }],
    ['expired', expire, { events: [] }],
    ['awaiting_payment', pay, { events: [{ type: 'PaymentRequested', data: about }] }],
    ['awaiting_payment', { ...pay, now: later(15) }, { refused: 'payment-not-open' }],
    ['confirmed', pay, { refused: 'payment-not-open' }],
    ['cancelled', pay, { refused: 'payment-not-open' }],
    ['expired', pay, { refused: 'payment-not-open' }],
  ] as const)('given %s, when %j, then %j', (status, command, decision) => {
    expect(decide(command as Command, as(status))).toEqual(decision);
  });
});

test('an event moves the status and counts the version; nothing else does', () => {
  const confirmed = evolve(reserved, { type: 'ReservationConfirmed', data: ended });
  expect(confirmed).toEqual({ ...reserved, status: 'confirmed', version: 2 });
  const cancelled = evolve(confirmed, { type: 'ReservationCancelled', data: { ...ended, by: 'admin' } });
  expect(cancelled).toEqual({ ...reserved, status: 'cancelled', version: 3 });
  expect(evolve(reserved, { type: 'ReservationExpired', data: ended })).toEqual({
    ...reserved,
    status: 'expired',
    version: 2,
  });
  expect(evolve(reserved, { type: 'PaymentRequested', data: about })).toEqual({ ...reserved, version: 2 });
});

describe('adoptDeadline', () => {
  test.each([
    ['while the payment is awaited', reserved],
    ['of a reservation that has ended', as('cancelled')],
    ['of a reservation that is paid', as('confirmed')],
  ])('takes the later deadline %s', (_case, reservation) => {
    expect(adoptDeadline(reservation, later(30))).toEqual({ ...reservation, paymentDeadline: later(30) });
  });
  test('leaves an earlier deadline alone', () => {
    expect(adoptDeadline(reserved, later(5))).toBe(reserved);
  });
});
