import { chargeWith, minute, moment, paymentWith, policy, refundWith } from '../../test/given';
import type { LocalStep } from './next-step';
import { later, type Attempt, type Payment } from './payment';
import { settle, settleLocal, type ChargeOutcome } from './settle';

const about = { reservationId: paymentWith().reservationId, customerId: 'alice' };
const open = chargeWith('open');
const unknown: ChargeOutcome = { is: 'unknown', reason: 'no answer' };

const charged = (outcome: ChargeOutcome, given: Partial<Payment> = {}, attempt: Attempt = open, at = moment(1)) =>
  settle(paymentWith(given), [attempt], { about: 'charge', step: { do: 'charge', attempt }, outcome }, at, policy);

describe('the answer to a charge', () => {
  it('approved: it is in the ledger, said, and done', () => {
    const { payment, attempt, ledger, events } = charged({ is: 'approved' }, { status: 'deferred', failures: 4 });
    expect(payment).toMatchObject({ status: 'approved', failures: 0, deferredSince: null, nextAttemptAt: null });
    expect(attempt).toMatchObject({ id: open.id, state: 'captured', settledAt: minute(1) });
    expect(ledger).toEqual([{ attemptId: open.id, kind: 'captured', amount: 30_000, at: minute(1) }]);
    expect(events).toEqual([{ type: 'PaymentApproved', data: { ...about, amount: 30_000 } }]);
  });

  it('declined: the customer may try again, nothing goes on by itself', () => {
    const { payment, attempt, ledger, events } = charged({ is: 'declined', reason: 'No money' });
    expect(payment).toMatchObject({ status: 'declined', nextAttemptAt: null });
    expect(attempt).toMatchObject({ state: 'declined', reason: 'No money' });
    expect(ledger).toEqual([]);
    expect(events).toEqual([{ type: 'PaymentDeclined', data: { ...about, reason: 'No money' } }]);
  });

  it('cancelled by the provider: as a decline', () => {
    const { payment, attempt, events } = charged({ is: 'cancelled' });
    expect(payment).toMatchObject({ status: 'declined', nextAttemptAt: null });
    expect(attempt).toMatchObject({ state: 'cancelled' });
    expect(events).toMatchObject([{ type: 'PaymentDeclined' }]);
  });

  it('requires action: the customer is told once, and the result is asked for', () => {
    const outcome: ChargeOutcome = { is: 'requires_action', url: 'https://pay.example/1' };
    const told = charged(outcome);
    expect(told.payment).toMatchObject({ status: 'action_required', url: 'https://pay.example/1' });
    expect(told.events).toMatchObject([{ type: 'PaymentActionRequired', data: { url: 'https://pay.example/1' } }]);
    const again = charged(outcome, told.payment, told.attempt, moment(1));
    expect(again.events).toEqual([]);
    expect(again.payment.nextAttemptAt).toEqual(later(minute(1), 5_000));
    const young = charged(outcome, told.payment, chargeWith('action_required', { createdAt: minute(1) }));
    expect(young.payment.nextAttemptAt).toEqual(later(minute(1), 1_000));
  });

  it('unknown: nothing is settled, and it is asked again a little later each time', () => {
    const { payment, attempt, ledger, events } = charged(unknown);
    expect(payment).toMatchObject({
      status: 'requested',
      failures: 1,
      failingSince: minute(1),
      lastError: 'no answer',
    });
    expect([attempt, ledger, events]).toEqual([undefined, [], []]);
    const waits = [0, 1, 9].map((failures) => {
      const { nextAttemptAt } = charged(unknown, { status: 'deferred', failures }).payment;
      return nextAttemptAt!.getTime() - minute(1).getTime();
    });
    expect(waits).toEqual([250, 500, 10_000]);
  });

  it('unknown for the third time: it is deferred at once', () => {
    expect(charged(unknown, { failures: 2 }).payment).toMatchObject({ failures: 3, nextAttemptAt: minute(1) });
  });

  it('unknown, and the provider is down: it is parked, and goes back by a retry’s wait in the queue', () => {
    const at = moment(1, { providerAvailable: false });
    const parked = charged(unknown, { status: 'deferred', failures: 3 }, open, at).payment;
    expect(parked).toMatchObject({ nextAttemptAt: later(minute(0), 2_000), parkedUntil: minute(10) });
    const again = charged(unknown, parked, open, moment(5, { providerAvailable: false })).payment;
    expect(again).toMatchObject({ nextAttemptAt: later(minute(0), 6_000), parkedUntil: minute(10) });
  });

  it.each([29_999, 300_000])('approved with %d KRW is not believed', (amount) => {
    const { payment, attempt, ledger, events } = charged({ is: 'approved', amount });
    expect(payment).toMatchObject({ failures: 1, lastError: `approved with ${amount} KRW in place of 30000` });
    expect([attempt, ledger, events]).toEqual([undefined, [], []]);
  });

  it('another address at each question: the customer is told once', () => {
    const told = charged({ is: 'requires_action', url: 'https://pay.example/1' });
    const again = charged({ is: 'requires_action', url: 'https://pay.example/2' }, told.payment, told.attempt);
    expect(again.events).toEqual([]);
    expect(again.payment.url).toBe('https://pay.example/1');
    const deferred = charged(
      { is: 'requires_action', url: 'https://pay.example/3' },
      { status: 'deferred' },
      told.attempt,
    );
    expect(deferred.events).toMatchObject([{ data: { url: 'https://pay.example/3' } }]);
  });
});

describe('the answer to a charge that is no longer wanted', () => {
  const ended: Partial<Payment> = { ended: 'cancelled' };

  it('approved: it is in the ledger and refunded next; the customer is not told of an approval', () => {
    const { payment, ledger, events } = charged({ is: 'approved' }, ended);
    expect(payment).toMatchObject({ status: 'requested', nextAttemptAt: minute(1) });
    expect(ledger).toMatchObject([{ kind: 'captured', amount: 30_000 }]);
    expect(events).toEqual([]);
  });

  it.each<ChargeOutcome>([{ is: 'declined', reason: 'No money' }, { is: 'cancelled' }])(
    '$is: that is all, and it is said next',
    (outcome) => {
      const { payment, attempt, events } = charged(outcome, ended);
      expect(payment).toMatchObject({ status: 'requested', nextAttemptAt: minute(1) });
      expect(attempt).toMatchObject({ state: outcome.is });
      expect(events).toEqual([]);
    },
  );

  it('requires action: the customer is not sent to the page', () => {
    const { payment, events } = charged({ is: 'requires_action', url: 'https://pay.example/1' }, ended);
    expect(payment).toMatchObject({ status: 'requested', url: null });
    expect(events).toEqual([]);
  });
});

describe('the answer to a refund', () => {
  const [captured, refund] = [chargeWith('captured'), refundWith('open')];
  const given = paymentWith({ ended: 'expired', status: 'approved' });
  const step = { do: 'refund', attempt: refund, charge: captured } as const;

  it('refunded: it is in the ledger, and said next', () => {
    const answer = { about: 'refund', step, outcome: { is: 'refunded' } } as const;
    const { payment, attempt, ledger, events } = settle(given, [captured, refund], answer, moment(1), policy);
    expect(payment).toMatchObject({ status: 'approved', nextAttemptAt: minute(1) });
    expect(attempt).toMatchObject({ state: 'refunded' });
    expect(ledger).toEqual([{ attemptId: refund.id, kind: 'refunded', amount: 30_000, at: minute(1) }]);
    expect(events).toEqual([]);
  });

  it('unknown: it is tried for ever', () => {
    const answer = { about: 'refund', step, outcome: { is: 'unknown', reason: 'no answer' } } as const;
    const tired = { ...given, failures: 1_000 };
    const { payment, ledger } = settle(tired, [captured, refund], answer, moment(1), policy);
    expect(payment).toMatchObject({ failures: 1_001, nextAttemptAt: later(minute(1), 10_000) });
    expect(ledger).toEqual([]);
  });
});

describe('a step for which nobody is asked', () => {
  const taken = (step: LocalStep, given: Partial<Payment> = {}, attempts: Attempt[] = []) =>
    settleLocal(paymentWith(given), attempts, step, moment(1), policy);

  it('deferring moves the deadline and says so', () => {
    const { payment, events } = taken({ do: 'defer', until: minute(16) });
    expect(payment).toMatchObject({ status: 'deferred', deadline: minute(16), deferredSince: minute(1) });
    expect(payment.nextAttemptAt).toEqual(minute(1));
    expect(events).toEqual([
      { type: 'PaymentDeferred', data: { ...about, paymentDeadline: '2026-11-23T12:16:00.000Z' } },
    ]);
  });

  it('deferring after unknown answers waits before it asks again', () => {
    const { payment } = taken({ do: 'defer', until: minute(16) }, { failures: 3 }, [open]);
    expect(payment.nextAttemptAt).toEqual(later(minute(1), 1_000));
  });

  it('announcing the end is the end', () => {
    const step = { do: 'announce_cancelled', refunded: 30_000, after: 'expired' } as const;
    const { payment, events } = taken(step, { ended: 'expired', status: 'approved' });
    expect(payment).toMatchObject({ status: 'cancelled', nextAttemptAt: null });
    expect(events).toEqual([{ type: 'PaymentCancelled', data: { ...about, refunded: 30_000, after: 'expired' } }]);
  });

  it('what costs nothing is approved', () => {
    const { payment, events } = taken({ do: 'approve_free' }, { price: 0 });
    expect(payment).toMatchObject({ status: 'approved', nextAttemptAt: null });
    expect(events).toEqual([{ type: 'PaymentApproved', data: { ...about, amount: 0 } }]);
  });
});
