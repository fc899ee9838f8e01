import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

// Between the service and the provider stands one that counts the calls, and may refuse them in the provider's place.
interface Refusal {
  status: number;
  headers?: Record<string, string>;
}
let door: Server;
let calls: { at: number; key: string }[];
let refusal: (key: string) => Refusal | undefined;
let payment: TestPayment;

async function passOn(req: IncomingMessage, key: string): Promise<{ status: number; body: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const answer = await fetch(payment.providerUrl + req.url!, {
    method: req.method,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
  });
  return { status: answer.status, body: await answer.text() };
}

beforeEach(async () => {
  [calls, refusal] = [[], () => undefined];
  door = createServer((req, res) => {
    const key = String(req.headers['idempotency-key']);
    calls.push({ at: Date.now(), key });
    const refused = refusal(key);
    if (refused) return void res.writeHead(refused.status, refused.headers).end();
    void passOn(req, key).then(({ status, body }) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(body),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  payment = await startTestPayment({
    PAYMENT_PROVIDER_URL: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    PROVIDER_RATE: '80',
    BREAKER_VOLUME: '5',
    DEFERRAL_MS: '900000',
    ATTEMPT_CUTOFF_MS: '60000',
  });
});
afterEach(async () => {
  await payment.stop();
  door.closeAllConnections();
  door.close();
});

it('after an outage the deferred are taken up in order, slowly at first, and each is charged once', async () => {
  refusal = () => ({ status: 503 });
  const all = Array.from({ length: 150 }, () => reservation());
  for (let i = 0; i < all.length; i += 50)
    await payment.feed(...all.slice(i, i + 50).map(({ reserved }) => reserved()));
  const count = async (status: string) =>
    (await payment.query('SELECT 1 FROM payment WHERE status = $1', [status])).length;
  await eventually(async () => expect(await count('deferred')).toBe(150), { withinMs: 30_000 });

  // Half-open lets one call through at a time: a reset of 300 ms gives no more than four in a second.
  calls = [];
  await eventually(() => expect(calls.length).toBeGreaterThanOrEqual(4));
  expect(Math.min(...calls.slice(1).map(({ at }, index) => at - calls[index]!.at))).toBeGreaterThanOrEqual(250);

  calls = [];
  refusal = () => undefined;
  await eventually(async () => expect(await count('approved')).toBe(150), { withinMs: 25_000 });

  const begun = calls[0]!.at;
  const perSecond: number[] = [];
  for (const { at } of calls) {
    const second = Math.floor((at - begun) / 1_000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  // 4, 8, 16, 32, 64 and then 80 a second, and what a bucket, chance and the borders of seconds add.
  const most = [10, 14, 24, 44, 80];
  perSecond.forEach((seen, second) => expect(seen).toBeLessThanOrEqual(most[second] ?? 100));

  const charged = await payment.query<{ id: string }>(
    'SELECT l.reservation_id AS id FROM ledger l JOIN payment p USING (reservation_id) ORDER BY l.id',
  );
  expect(charged).toHaveLength(150);
  const due = await payment.query<{ id: string }>('SELECT reservation_id AS id FROM payment ORDER BY created_at');
  const places = new Map(charged.map(({ id }, index) => [id, index]));
  const displaced = due.map(({ id }, index) => Math.abs(places.get(id)! - index));
  // Many are under way at once, and those that found out whether the provider is back went back a little.
  expect(displaced.filter((by) => by > 60)).toEqual([]);
  for (const { id } of all) {
    const ledger = await payment.ledger(id);
    expect([ledger.charges.length, ledger.captured, ledger.refunded]).toEqual([1, 30_000, 0]);
  }
}, 90_000);

it('a 429 keeps all calls back for as long as it says', async () => {
  refusal = () => ({ status: 429, headers: { 'retry-after': '2' } });
  await payment.feed(reservation().reserved());
  await eventually(() => expect(calls).toHaveLength(1));
  refusal = () => undefined;
  const others = Array.from({ length: 10 }, () => reservation());
  await payment.feed(...others.map(({ reserved }) => reserved()));
  for (const { id } of others) await eventually(() => expect(payment.said(id).at(-1)?.type).toBe('PaymentApproved'));
  expect(calls[1]!.at - calls[0]!.at).toBeGreaterThanOrEqual(1_900);
});

it('a payment that never gets an answer does not find out for all, again and again, whether the provider is back', async () => {
  const poisoned = reservation();
  refusal = () => ({ status: 503 });
  await payment.feed(poisoned.reserved());
  const others = Array.from({ length: 10 }, () => reservation());
  await payment.feed(...others.map(({ reserved }) => reserved()));
  await eventually(async () =>
    expect(await payment.query(`SELECT 1 FROM payment WHERE status = 'deferred'`)).toHaveLength(11),
  );
  const [attempt] = await payment.query<{ id: string }>('SELECT id FROM attempt WHERE reservation_id = $1', [
    poisoned.id,
  ]);
  refusal = (key) => (key === attempt!.id ? { status: 503 } : undefined);
  for (const { id } of others) await eventually(() => expect(payment.said(id).at(-1)?.type).toBe('PaymentApproved'));
  expect(payment.said(poisoned.id).map(({ type }) => type)).toEqual(['PaymentDeferred']);
});
