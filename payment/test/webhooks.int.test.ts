import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { problem } from '@outerpark/contracts/http/problems';
import type { Faults } from '@outerpark/dev/simulator/faults';
import request from 'supertest';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
/** So that only a webhook can be the reason why a page's result is known. */
const NO_POLLING = { PAYMENT_WEBHOOK_SECRET: SECRET, PAGE_POLL_MS: '600000' };
const charged = { captured: 30_000, refunded: 0 };
const givenBack = { captured: 30_000, refunded: 30_000 };

let payment: TestPayment;
const started = async (settings: Record<string, string>) => (payment = await startTestPayment(settings));
afterEach(() => payment.stop());

/** A reservation whose customer is on the provider's page. */
async function onPage() {
  const given = reservation();
  await payment.feed(given.reserved());
  await eventually(() => expect(payment.said(given.id).map(({ type }) => type)).toEqual(['PaymentActionRequired']));
  return { ...given, url: payment.said(given.id)[0]!.data.url as string };
}

/** A webhook as whoever has `secret` sends it. */
function deliver(
  about: string,
  { id = `msg_${randomUUID()}`, secret = SECRET, ageS = 0, sent = about, path = payment.webhookUrl } = {},
) {
  const timestamp = String(Math.floor(Date.now() / 1_000) - ageS);
  const body = (key: string) => JSON.stringify({ type: 'charge.updated', data: { key, status: 'approved' } });
  const by = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', by)
    .update(`${id}.${timestamp}.${body(about)}`)
    .digest('base64');
  return request(path)
    .post('')
    .set({
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    })
    .send(body(sent));
}
const attemptOf = async (reservationId: string) =>
  (
    await payment.query<{ id: string }>(`SELECT id FROM attempt WHERE reservation_id = $1 AND kind = 'charge'`, [
      reservationId,
    ])
  )[0]!.id;
const dueIn = async (reservationId: string) =>
  (
    await payment.query<{ seconds: number }>(
      'SELECT extract(epoch FROM next_attempt_at - now())::float8 AS seconds FROM payment WHERE reservation_id = $1',
      [reservationId],
    )
  )[0]!.seconds;

describe('the same end is reached', () => {
  const ways: [string, settings: Record<string, string>, faults: Faults][] = [
    ['by webhooks only', NO_POLLING, {}],
    ['by polling only', { PAGE_POLL_MS: '50' }, {}],
    ['by both', { PAYMENT_WEBHOOK_SECRET: SECRET, PAGE_POLL_MS: '10' }, {}],
    ['by polling when every webhook is lost', { PAYMENT_WEBHOOK_SECRET: SECRET }, { webhooks: { dropped: true } }],
    ['by webhooks that come several times', NO_POLLING, { webhooks: { duplicates: 5 } }],
    ['by late webhooks', NO_POLLING, { webhooks: { delayMs: 300 } }],
    ['by webhooks in another order', NO_POLLING, { webhooks: { reordered: true, duplicates: 1 } }],
    ['by webhooks while answers are lost', NO_POLLING, { noAnswer: 'after', webhooks: { duplicates: 1 } }],
  ];

  it.each(ways)('%s', async (_, settings, faults) => {
    await started(settings);
    await payment.setFaults({ requireAction: true });
    const [approved, declined, cancelled] = [await onPage(), await onPage(), await onPage()];
    await payment.setFaults({ webhooks: faults.webhooks });
    await payment.decide(approved.url, 'approve');
    await payment.decide(declined.url, 'decline');
    await payment.decide(cancelled.url, 'approve');
    await payment.setFaults(faults);
    await payment.feed(cancelled.cancelled(2));
    await eventually(async () =>
      expect(
        await payment.query(
          `SELECT 1 FROM payment WHERE reservation_id = $1 AND (failures > 0 OR status = 'cancelled')`,
          [cancelled.id],
        ),
      ).toHaveLength(1),
    );
    await payment.setFaults({ webhooks: faults.webhooks });

    const said = (id: string) => payment.said(id).map(({ type }) => type);
    await eventually(() => {
      expect(said(approved.id).at(-1)).toBe('PaymentApproved');
      expect(said(declined.id).at(-1)).toBe('PaymentDeclined');
      expect(said(cancelled.id).at(-1)).toBe('PaymentCancelled');
    });
    expect(await payment.ledger(approved.id)).toMatchObject(charged);
    expect(await payment.ledger(declined.id)).toMatchObject({ captured: 0, refunded: 0 });
    expect(await payment.ledger(cancelled.id)).toMatchObject(givenBack);
    for (const { id } of [approved, declined])
      expect(said(id).filter((type) => type === said(id).at(-1))).toHaveLength(1);
    const rows = await payment.query<{ kind: string; sum: number }>(
      'SELECT kind, sum(amount)::int AS sum FROM ledger GROUP BY kind ORDER BY kind',
    );
    expect(rows).toEqual([
      { kind: 'captured', sum: 60_000 },
      { kind: 'refunded', sum: 30_000 },
    ]);
  });
});

describe('a webhook', () => {
  beforeEach(async () => {
    await started({ ...NO_POLLING, RETENTION_EVERY_MS: '50' });
    await payment.setFaults({ requireAction: true, webhooks: { dropped: true } });
  });

  it('says nothing that the provider does not say itself', async () => {
    const { id } = await onPage();
    const answer = await deliver(await attemptOf(id));
    expect([answer.status, answer.text]).toEqual([204, '']);
    await eventually(async () => expect(await dueIn(id)).toBeGreaterThan(60));
    await payment.expectStory(id, ['PaymentActionRequired']);
  });

  it('that is not signed as it has to be is refused, and changes nothing', async () => {
    const { id, url } = await onPage();
    await payment.decide(url, 'approve');
    const about = await attemptOf(id);
    const forged = [
      deliver(about, { secret: `whsec_${randomBytes(32).toString('base64')}` }),
      deliver(about, { ageS: 301 }),
      deliver(about, { ageS: -310 }),
      deliver(randomUUID(), { sent: about }),
      request(payment.webhookUrl)
        .post('')
        .send({ data: { key: about } }),
      request(payment.webhookUrl).post(''),
    ];
    for (const call of forged) {
      const answer = await call;
      expect([answer.status, problem.parse(answer.body).type]).toEqual([
        401,
        'urn:outerpark:problem:invalid-signature',
      ]);
      expect(answer.headers['www-authenticate']).toBeDefined();
    }
    expect(await dueIn(id)).toBeGreaterThan(60);
    expect(await payment.query('SELECT 1 FROM webhook')).toEqual([]);
  });

  it('that is replayed has no effect', async () => {
    const { id, url } = await onPage();
    const about = await attemptOf(id);
    expect((await deliver(about, { id: 'msg_1' })).status).toBe(204);
    await eventually(async () => expect(await dueIn(id)).toBeGreaterThan(60));
    await payment.decide(url, 'approve');
    expect((await deliver(about, { id: 'msg_1' })).status).toBe(204);
    expect(await dueIn(id)).toBeGreaterThan(60);
    expect((await deliver(about, { id: 'msg_2' })).status).toBe(204);
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentApproved'], charged);
  });

  it('about nothing of ours, or about what is settled, has no effect', async () => {
    const { id, url } = await onPage();
    const about = await attemptOf(id);
    for (const key of [randomUUID(), 'k1', '']) expect((await deliver(key)).status).toBe(204);
    expect(await dueIn(id)).toBeGreaterThan(60);
    await payment.decide(url, 'approve');
    await deliver(about);
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentApproved'], charged);
    expect((await deliver(about)).status).toBe(204);
    expect(await payment.query('SELECT next_attempt_at FROM payment')).toEqual([{ next_attempt_at: null }]);
  });

  it('that comes while the provider is asked has it asked once more', async () => {
    const { id, url } = await onPage();
    const about = await attemptOf(id);
    await payment.setFaults({ latencyMs: 300, webhooks: { dropped: true } });
    await deliver(about);
    await eventually(async () =>
      expect(await payment.query('SELECT 1 FROM payment WHERE lease IS NOT NULL')).toHaveLength(1),
    );
    await deliver(about);
    await payment.decide(url, 'approve');
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentApproved'], charged);
  });

  it('of a provider that nobody knows is for nobody', async () => {
    for (const name of ['other', 'toString', '__proto__']) {
      const path = payment.webhookUrl.replace('simulator', name);
      expect((await deliver(randomUUID(), { path })).status).toBe(404);
    }
  });

  it('is to be sent again when the store is away', async () => {
    const { id, url } = await onPage();
    const about = await attemptOf(id);
    await payment.decide(url, 'approve');
    const lock = `LOCK TABLE webhook IN ACCESS EXCLUSIVE MODE`;
    await payment.query(`BEGIN`);
    await payment.query(lock);
    const waiting = deliver(about, { id: 'msg_1' }).then((answer) => answer);
    await eventually(async () => {
      await payment.query('SELECT pg_stat_clear_snapshot()');
      const rows = await payment.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO webhook%'`,
      );
      expect(rows).toHaveLength(1);
    });
    const answer = await waiting;
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    await payment.query('ROLLBACK');
    expect((await deliver(about, { id: 'msg_1' })).status).toBe(204);
    await payment.expectStory(id, ['PaymentActionRequired', 'PaymentApproved'], charged);
  });

  it('is not remembered for long', async () => {
    await payment.query(
      `INSERT INTO webhook VALUES ('simulator', 'old', now() - interval '12 minutes'),
         ('simulator', 'young', now() - interval '10 minutes')`,
    );
    await eventually(async () => expect(await payment.query('SELECT id FROM webhook')).toEqual([{ id: 'young' }]));
  });
});

it('without a secret there are no webhooks', async () => {
  await started({});
  expect((await deliver(randomUUID())).status).toBe(404);
});
