import { minute, paymentWith, reservationEvent } from '../../test/given';
import type { Payment } from './payment';
import { wantedAfter, type ReservationEvent } from './wanted';

const now = minute(3);
const after = (events: ReservationEvent[], payment?: Payment) =>
  events.reduce<Payment | undefined>((known, event) => wantedAfter(known, event, now), payment);

const reserved = reservationEvent('SeatsReserved', 1);
const cancelled = reservationEvent('ReservationCancelled', 2);
const expired = reservationEvent('ReservationExpired', 3);
const requested = (version: number) => reservationEvent('PaymentRequested', version, { at: 2 });

describe('what is wanted after an event of the reservation', () => {
  it('the price, once seats are reserved', () => {
    expect(after([reserved])).toEqual(
      paymentWith({ ended: null, nextAttemptAt: now, updatedAt: now, reservationVersion: 1 }),
    );
  });

  it.each([
    ['cancelled', [reserved, cancelled], 'cancelled'],
    ['expired', [reserved, expired], 'expired'],
    ['cancelled and then expired', [reserved, cancelled, expired], 'cancelled'],
    ['cancelled before it is known', [cancelled], 'cancelled'],
    ['cancelled before it is known, which then comes late', [cancelled, reserved], 'cancelled'],
    ['expired before it is known, all of which comes late', [expired, cancelled, requested(2), reserved], 'expired'],
  ])('nothing when it was %s', (_, events: ReservationEvent[], ended) => {
    expect(after(events)).toMatchObject({ ended, price: 30_000, nextAttemptAt: now });
  });

  it('one more try, when the customer asks for it after a decline', () => {
    const declined = paymentWith({ status: 'declined', nextAttemptAt: null, failures: 2 });
    expect(after([requested(2)], declined)).toMatchObject({
      triesWanted: 2,
      status: 'requested',
      askedAt: minute(2),
      failures: 0,
      nextAttemptAt: now,
    });
  });

  it.each(['requested', 'action_required', 'deferred', 'approved'] as const)(
    'no more than before, when the customer asks while it is %s',
    (status) => {
      const payment = paymentWith({ status });
      expect(after([requested(2)], payment)).toEqual({ ...payment, reservationVersion: 2 });
    },
  );

  it.each([
    ['the same event again', [requested(2)], 2],
    ['an older event', [requested(1)], 2],
  ])('no more than before after %s', (_, events: ReservationEvent[], reservationVersion) => {
    const declined = paymentWith({ status: 'declined', reservationVersion });
    expect(after(events, declined)).toBe(declined);
  });

  it('nothing that could be said before the reservation is known', () => {
    expect(after([requested(2)])).toBeUndefined();
  });
});
