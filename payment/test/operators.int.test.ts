import { eventually } from '@outerpark/chassis/testing/eventually';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { AttentionItem } from '@outerpark/contracts/http/operators';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

let payment: TestPayment;
beforeAll(async () => {
  payment = await startTestPayment({ RETRY_LONGEST_MS: '600000', RETRY_FIRST_MS: '600000', DEFERRAL_MS: '600000' });
});
afterAll(() => payment.stop());
afterEach(() => payment.setFaults({ down: false }));

const admin = async () => ({
  authorization: `Bearer ${await payment.issuer.token({ sub: 'root', roles: ['admin'] })}`,
  'content-type': 'application/json',
});
const attention = async (subject: string): Promise<AttentionItem | undefined> => {
  const answer = await fetch(`${payment.url}/api/admin/attention?limit=200`, { headers: await admin() });
  return ((await answer.json()) as { items: AttentionItem[] }).items.find((item) => item.subject === subject);
};
const retry = async (kind: string, id: string) =>
  fetch(`${payment.url}/api/admin/attention/${kind}/${id}/retry`, {
    method: 'POST',
    headers: await admin(),
    body: JSON.stringify({ reason: 'a call' }),
  });
const set = (id: string, changes: string) =>
  payment.query(`UPDATE payment SET ${changes} WHERE reservation_id = $1`, [id]);
const outcomes = (id: string) =>
  payment.query('SELECT action, kind, outcome FROM operator_action WHERE subject = $1 ORDER BY at', [id]);

/** Reserved while the provider is down: asked once, and not asked again for ten minutes. */
async function unsettled() {
  await payment.setFaults({ down: true });
  const reserved = reservation();
  await payment.feed(reserved.reserved());
  const failed = () =>
    payment.query<{ failures: number }>('SELECT failures FROM payment WHERE reservation_id = $1', [reserved.id]);
  await eventually(async () => expect(await failed()).toEqual([{ failures: 1 }]));
  return reserved;
}

test('a payment without a clear answer is seen after five minutes with the last error, and retried at once', async () => {
  const { id } = await unsettled();
  await set(id, `asked_at = now() - interval '4 minutes'`);
  expect(await attention(id)).toBeUndefined();
  await set(id, `asked_at = now() - interval '6 minutes'`);
  expect(await attention(id)).toMatchObject({
    kind: 'payment',
    what: expect.stringContaining('no clear answer 1 times') as string,
    lastError: expect.any(String) as string,
    actions: ['retry', 'refund'],
  });

  await payment.setFaults({ down: false });
  expect((await retry('payment', id)).status).toBe(200);
  await payment.expectStory(id, ['PaymentApproved'], { captured: 30_000, refunded: 0 });
  expect(await attention(id)).toBeUndefined();
  expect((await retry('payment', id)).status).toBe(409);
  expect(await outcomes(id)).toEqual([
    { action: 'retry', kind: 'payment', outcome: 'due now' },
    { action: 'retry', kind: 'payment', outcome: 'refused: The payment is approved' },
  ]);
});

test('a payment that is put off for longer than an hour is seen', async () => {
  const { id } = await unsettled();
  await set(id, `status = 'deferred', deferred_since = now() - interval '59 minutes'`);
  expect(await attention(id)).toBeUndefined();
  await set(id, `deferred_since = now() - interval '61 minutes'`);
  expect(await attention(id)).toMatchObject({ kind: 'deferred', actions: ['retry', 'refund'] });
});

test('a refund that is not done is seen five minutes after the end, and retried at once', async () => {
  const paid = reservation();
  await payment.feed(paid.reserved());
  await payment.expectStory(paid.id, ['PaymentApproved'], { captured: 30_000, refunded: 0 });
  await payment.setFaults({ down: true });
  await payment.feed(paid.cancelled(2));
  await eventually(async () =>
    expect(await payment.query('SELECT failures FROM payment WHERE reservation_id = $1', [paid.id])).toEqual([
      { failures: 1 },
    ]),
  );
  expect(await attention(paid.id)).toBeUndefined();
  await set(paid.id, `ended_at = now() - interval '6 minutes'`);
  expect(await attention(paid.id)).toMatchObject({
    kind: 'refund',
    what: expect.stringContaining('₩30,000 are not refunded') as string,
    actions: ['retry'],
  });

  await payment.setFaults({ down: false });
  expect((await retry('refund', paid.id)).status).toBe(200);
  await payment.expectStory(paid.id, ['PaymentApproved', 'PaymentCancelled'], { captured: 30_000, refunded: 30_000 });
  expect(await attention(paid.id)).toBeUndefined();
});

test('what reservation says nobody has is refunded, whatever version that word has', async () => {
  const paid = reservation();
  await payment.feed(paid.reserved(), paid.requested(5));
  await payment.expectStory(paid.id, ['PaymentApproved'], { captured: 30_000, refunded: 0 });
  const data = { reservationId: paid.id, customerId: 'unknown' };
  await payment.feed(messageOf({ type: 'ReservationAbandoned', data }, { subject: paid.id, version: 1 }));
  await payment.expectStory(paid.id, ['PaymentApproved', 'PaymentCancelled'], { captured: 30_000, refunded: 30_000 });
});
