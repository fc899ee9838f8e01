import { eventually } from '@outerpark/chassis/testing/eventually';
import request from 'supertest';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

const charged = { captured: 30_000, refunded: 0 };

let payment: TestPayment;
beforeEach(async () => {
  payment = await startTestPayment({ BREAKER_VOLUME: '5', DEFERRAL_MS: '3000', ATTEMPT_CUTOFF_MS: '300' });
});
afterEach(() => payment.stop());

const breakerState = async (): Promise<string | undefined> =>
  /breaker_state\{name="payment-provider".*\} ([\d.]+)/.exec((await request(payment.url).get('/metrics')).text)?.[1];
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

it('an outage defers every payment, and they are paid by themselves, oldest first, when it is over', async () => {
  await payment.setFaults({ down: true });
  const first = Array.from({ length: 5 }, () => reservation());
  await payment.feed(...first.map(({ reserved }) => reserved()));
  await eventually(async () => expect(await breakerState()).not.toBe('0'));

  const rest = Array.from({ length: 20 }, () => reservation());
  await payment.feed(...rest.map(({ reserved }) => reserved()));
  for (const { id } of [...first, ...rest]) {
    await eventually(() => expect(payment.said(id)[0]?.type).toBe('PaymentDeferred'));
  }
  expect((await request(payment.url).get('/metrics')).text).toContain(
    'payments{status="deferred",service="payment"} 25',
  );

  await payment.setFaults({ latencyMs: 20 });
  for (const { id } of [...first, ...rest]) {
    await eventually(() => expect(payment.said(id).at(-1)?.type).toBe('PaymentApproved'));
    expect(await payment.ledger(id)).toMatchObject(charged);
  }
  const order = await payment.query<{ id: string }>(`SELECT reservation_id AS id FROM ledger ORDER BY ledger.id`);
  const places = rest.map(({ id }) => order.findIndex((row) => row.id === id));
  // Eight are under way at once, so neighbours may change places.
  places.forEach((place, index) => expect(Math.abs(place - index)).toBeLessThan(5 + 8));
});

it('says when a deferred payment is expected, as long as it is deferred', async () => {
  await payment.setFaults({ down: true });
  const { id, reserved } = reservation();
  const before = Date.now();
  await payment.feed(reserved());
  await eventually(() => expect(payment.said(id)[0]?.type).toBe('PaymentDeferred'));
  const { expectedAt } = payment.said(id)[0]!.data as { expectedAt: string };
  expect(Date.parse(expectedAt)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(expectedAt)).toBeLessThan(before + 60_000);
  expect(await payment.list({ sub: 'alice' })).toMatchObject([{ status: 'deferred', expectedAt }]);
  await payment.setFaults({});
  await eventually(async () =>
    expect(await payment.list({ sub: 'alice' })).toMatchObject([{ status: 'approved', expectedAt: null }]),
  );
});

it('a deferral that lasts is extended, but never beyond the performance', async () => {
  await payment.setFaults({ down: true });
  const { id, reserved, expired } = reservation({ paymentDeadline: soon(2_000), startsAt: soon(5_000) });
  await payment.feed(reserved());
  await eventually(() => expect(payment.said(id).length).toBeGreaterThan(1));
  const [row] = await payment.query<{ startsAt: Date }>(
    'SELECT starts_at AS "startsAt" FROM payment WHERE reservation_id = $1',
    [id],
  );
  await eventually(() => {
    const deadlines = payment.said(id).map(({ data }) => data.paymentDeadline as string);
    expect(deadlines).toEqual([...deadlines].sort());
    expect(deadlines.at(-1)).toBe(row?.startsAt.toISOString());
  });
  await payment.feed(expired(2));
  await payment.setFaults({});
  await eventually(() =>
    expect(payment.said(id).at(-1)).toMatchObject({ type: 'PaymentCancelled', data: { refunded: 0 } }),
  );
});

it('a reservation that comes after its deadline is deferred and paid', async () => {
  const { id, reserved } = reservation({ paymentDeadline: soon(-60_000) });
  const message = reserved({ ce_time: soon(-120_000) });
  await payment.feed(message);
  await payment.expectStory(id, ['PaymentDeferred', 'PaymentApproved'], charged);
});

it('a reservation whose performance has begun is not charged any more', async () => {
  const { id, reserved, expired } = reservation({ paymentDeadline: soon(-1_000), startsAt: soon(-1_000) });
  await payment.feed(reserved({ ce_time: soon(-120_000) }));
  await payment.feed(expired(2));
  await payment.expectStory(id, ['PaymentCancelled']);
});

it('a refund waits for the provider too', async () => {
  const { id, reserved, cancelled } = reservation();
  await payment.feed(reserved());
  await payment.expectStory(id, ['PaymentApproved'], charged);
  await payment.setFaults({ down: true });
  const others = Array.from({ length: 10 }, () => reservation());
  await payment.feed(...others.map(({ reserved }) => reserved()), cancelled(2));
  await eventually(async () => expect(await breakerState()).not.toBe('0'));
  await payment.setFaults({});
  await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled'], { captured: 30_000, refunded: 30_000 });
});
