import { randomUUID } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

const charged = { captured: 30_000, refunded: 0 };
const givenBack = { captured: 30_000, refunded: 30_000 };

let payment: TestPayment;
beforeAll(async () => {
  payment = await startTestPayment();
});
afterEach(() => payment.setFaults({}));
afterAll(() => payment.stop());

const attemptsOf = (id: string) =>
  payment.query<{ id: string; kind: string; state: string }>(
    'SELECT id, kind, state FROM attempt WHERE reservation_id = $1 ORDER BY created_at',
    [id],
  );
const isSettled = async (id: string): Promise<void> =>
  eventually(async () => {
    const rows = await payment.query('SELECT 1 FROM payment WHERE reservation_id = $1 AND next_attempt_at IS NULL', [
      id,
    ]);
    expect(rows).toHaveLength(1);
  });

describe('reserved seats', () => {
  it('are paid for, and the event carries the customer’s correlation id', async () => {
    const { id, reserved } = reservation();
    await payment.feed(reserved({ correlationid: 'from-the-customer' }));
    await payment.expectStory(id, ['PaymentApproved'], charged);
    expect(payment.said(id)).toEqual([
      {
        type: 'PaymentApproved',
        version: 1,
        correlationId: 'from-the-customer',
        data: { reservationId: id, customerId: 'alice', amount: 30_000 },
      },
    ]);
  });

  it('are paid for once, when the event comes twice', async () => {
    const { id, reserved } = reservation();
    const message = reserved();
    await payment.feed(message, message);
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentApproved'], charged);
  });

  it('that cost nothing are approved without the provider', async () => {
    await payment.setFaults({ down: true });
    const { id, reserved, cancelled } = reservation({ price: 0 });
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentApproved']);
    await payment.feed(cancelled(2));
    await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled']);
  });

  it('that nobody could hold are none of its business, nor is a confirmation', async () => {
    const [abandoned, confirmed] = [reservation(), reservation()];
    await payment.feed(abandoned.abandoned(), confirmed.reserved(), confirmed.confirmed(2));
    await payment.expectStory(confirmed.id, ['PaymentApproved'], charged);
    expect(await payment.query('SELECT 1 FROM payment WHERE reservation_id = $1', [abandoned.id])).toEqual([]);
  });

  it('with a poisoned event become a dead letter, and the others go on', async () => {
    const [poisoned, healthy] = [reservation(), reservation()];
    const message = { ...poisoned.reserved(), value: '{"schemaVersion":1,"version":1,"data":{"price":-5}}' };
    await payment.feed(message, poisoned.cancelled(2), healthy.reserved());
    await payment.expectStory(healthy.id, ['PaymentApproved'], charged);
    const letters = await payment.query('SELECT type, queued FROM dead_letter WHERE aggregate = $1 ORDER BY id', [
      poisoned.id,
    ]);
    expect(letters).toEqual([
      { type: 'SeatsReserved', queued: false },
      { type: 'ReservationCancelled', queued: true },
    ]);
  });
});

describe('a decline', () => {
  it('waits for the customer, who tries again and pays', async () => {
    await payment.setFaults({ declineNext: 1 });
    const { id, reserved, requested } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentDeclined']);
    await isSettled(id);

    const message = requested(2);
    await payment.feed(message, message, requested(2));
    await payment.expectStory(id, ['PaymentDeclined', 'PaymentApproved'], charged);
    expect((await attemptsOf(id)).map(({ state }) => state)).toEqual(['declined', 'captured']);
  });

  it('ends with the reservation, nothing charged', async () => {
    await payment.setFaults({ declineAll: true });
    const { id, reserved, expired } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentDeclined']);
    await payment.feed(expired(2));
    await payment.expectStory(id, ['PaymentDeclined', 'PaymentCancelled']);
    expect(payment.said(id)[1]?.data).toMatchObject({ refunded: 0, after: 'expired' });
  });
});

describe('an unknown answer', () => {
  it.each(['before', 'after'] as const)('lost %s the charge is charged once', async (noAnswer) => {
    await payment.setFaults({ noAnswer });
    const { id, reserved } = reservation();
    await payment.feed(reserved());
    await eventually(async () => {
      const [row] = await payment.query<{ failures: number }>(
        'SELECT failures FROM payment WHERE reservation_id = $1',
        [id],
      );
      expect(row?.failures).toBeGreaterThan(1);
    });
    await payment.setFaults({});
    await eventually(() => expect(payment.said(id).at(-1)?.type).toBe('PaymentApproved'));
    const { charges, captured } = await payment.ledger(id);
    expect([charges.length, captured]).toEqual([1, 30_000]);
    expect(await attemptsOf(id)).toHaveLength(1);
  });

  it.each([{ errorRate: 1 }, { tooManyRequests: true }, { down: true }])(
    'of %j defers, and is taken up again',
    async (faults) => {
      await payment.setFaults(faults);
      const { id, reserved } = reservation();
      await payment.feed(reserved());
      await payment.expectStory(id, ['PaymentDeferred']);
      expect(await payment.list({ sub: 'alice' }, '?limit=1')).toMatchObject([
        { reservationId: id, status: 'deferred' },
      ]);
      await payment.setFaults({});
      await payment.expectStory(id, ['PaymentDeferred', 'PaymentApproved'], charged);
    },
  );
});

describe('the provider’s page', () => {
  const onPage = async () => {
    await payment.setFaults({ requireAction: true });
    const it = reservation();
    await payment.feed(it.reserved());
    await payment.expectStory(it.id, ['PaymentActionRequired']);
    return { ...it, url: payment.said(it.id)[0]!.data.url as string };
  };

  it('is where the customer approves', async () => {
    const { id, url } = await onPage();
    await payment.decide(url, 'approve');
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentApproved'], charged);
  });

  it('is where the customer declines, and then tries again', async () => {
    const { id, url, requested } = await onPage();
    await payment.decide(url, 'decline');
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentDeclined']);
    await payment.setFaults({});
    await payment.feed(requested(2));
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentDeclined', 'PaymentApproved'], charged);
  });

  it('takes no money after the reservation has ended', async () => {
    const { id, url, expired } = await onPage();
    await payment.feed(expired(2));
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentCancelled']);
    await payment.decide(url, 'approve');
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentCancelled']);
  });
});

describe('a cancellation', () => {
  it('before its reservation is known wants nothing, and stays so when that comes late', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(cancelled(2));
    await payment.expectStory(id, ['PaymentCancelled']);
    await payment.feed(reserved());
    await isSettled(id);
    await payment.expectStory(id, ['PaymentCancelled']);
    expect(await attemptsOf(id)).toEqual([]);
  });

  it('in the same batch as its reservation is all that is said', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved(), cancelled(2, { correlationid: 'from-the-cancel' }));
    await eventually(() => expect(payment.said(id).at(-1)?.type).toBe('PaymentCancelled'));
    expect(payment.said(id).at(-1)?.correlationId).toBe('from-the-cancel');
    const { captured, refunded } = await payment.ledger(id);
    expect(captured).toBe(refunded);
  });

  it('while the charge is in flight gives the money back, once', async () => {
    await payment.setFaults({ latencyMs: 300 });
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    await eventually(async () => expect(await attemptsOf(id)).toMatchObject([{ state: 'open' }]), { everyMs: 5 });
    const message = cancelled(2);
    await payment.feed(message, message, cancelled(2));
    await payment.expectStory(id, ['PaymentCancelled'], givenBack);
    expect(payment.said(id)[0]?.data).toMatchObject({ refunded: 30_000, after: 'cancelled' });
  });

  it('after the payment gives the money back, once', async () => {
    const { id, reserved, confirmed, cancelled } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentApproved'], charged);
    await payment.feed(confirmed(2), cancelled(3), cancelled(3));
    await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled'], givenBack);
    const [row] = await payment.list({ sub: 'alice' }, '?limit=1');
    expect(row).toMatchObject({ reservationId: id, status: 'cancelled', captured: 30_000, refunded: 30_000 });
  });

  it('while an answer is missing cancels the charge at the provider', async () => {
    await payment.setFaults({ noAnswer: 'before' });
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentDeferred']);
    await payment.feed(cancelled(2));
    await payment.setFaults({});
    await payment.expectStory(id, ['PaymentDeferred', 'PaymentCancelled']);
    expect(await attemptsOf(id)).toMatchObject([{ state: 'cancelled' }]);
  });

  it('refunds however often the provider fails, once', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentApproved'], charged);
    await payment.setFaults({ noAnswer: 'after' });
    await payment.feed(cancelled(2));
    await eventually(async () => {
      const [row] = await payment.query<{ failures: number }>(
        'SELECT failures FROM payment WHERE reservation_id = $1',
        [id],
      );
      expect(row?.failures).toBeGreaterThan(3);
    });
    expect(payment.said(id)).toHaveLength(1);
    await payment.setFaults({});
    await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled'], givenBack);
    expect((await payment.ledger(id)).refunds).toHaveLength(1);
  });

  it('goes on with a refund that is refused, and keeps why and since when', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentApproved'], charged);
    const [charge] = await attemptsOf(id);
    // Somebody has given the money back by hand, in the provider's own console.
    await fetch(`${payment.providerUrl}/refunds`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ charge: charge!.id, amount: 30_000 }),
    });
    await payment.feed(cancelled(2));
    const failing = async () =>
      (
        await payment.query<{ failures: number; failing_since: Date; last_error: string; waits: number }>(
          `SELECT failures, failing_since, last_error, extract(epoch FROM next_attempt_at - updated_at)::float8 AS waits
           FROM payment WHERE reservation_id = $1`,
          [id],
        )
      )[0]!;
    await eventually(async () => expect((await failing()).failures).toBeGreaterThan(2));
    const before = await failing();
    expect(before.last_error).toContain('409');
    await eventually(async () => expect((await failing()).failures).toBeGreaterThan(before.failures + 4));
    const after = await failing();
    expect(after.failing_since).toEqual(before.failing_since);
    // 200 ms, give or take a quarter, is the longest wait here.
    expect(after.waits).toBeGreaterThanOrEqual(0.15);
    expect(payment.said(id).map(({ type }) => type)).toEqual(['PaymentApproved']);
    expect(await attemptsOf(id)).toMatchObject([{ state: 'captured' }, { kind: 'refund', state: 'open' }]);
  });
});

describe('the tables', () => {
  const insertAttempt = (id: string, state: string) =>
    payment.query(
      `INSERT INTO attempt (id, reservation_id, kind, amount, state, created_at) VALUES ($1, $2, 'charge', 1, $3, now())`,
      [randomUUID(), id, state],
    );

  it('refuse a second charge, a second capture and any change of the ledger', async () => {
    const { id, reserved } = reservation();
    await payment.feed(reserved());
    await payment.expectStory(id, ['PaymentApproved'], charged);
    await expect(insertAttempt(id, 'open')).rejects.toThrow('attempt_one_charge');
    await expect(
      payment.query(
        `INSERT INTO ledger (reservation_id, attempt_id, kind, amount, at)
         SELECT reservation_id, gen_random_uuid(), kind, amount, at FROM ledger WHERE reservation_id = $1`,
        [id],
      ),
    ).rejects.toThrow('ledger_reservation_id_kind_key');
    await expect(payment.query('UPDATE ledger SET amount = 1')).rejects.toThrow('append-only');
    await expect(payment.query('DELETE FROM ledger')).rejects.toThrow('append-only');
    await expect(payment.query('TRUNCATE ledger')).rejects.toThrow('append-only');
  });
});
