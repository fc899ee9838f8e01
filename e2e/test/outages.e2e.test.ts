import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { freePort } from '@outerpark/dev/servers/free-port';
import { startKafka, type Kafka } from '@outerpark/dev/servers/kafka';
import type { Customer } from './customer';
import { startSystem, type System } from './system';

// What the customer sees while something is down, and what is true afterwards. This broker is the test's own: it is stopped.
let kafka: Kafka;
let restartKafka: () => Promise<Kafka>;
let system: System;
let admin: Customer;
let alice: Customer;

const WINDOW_MS = 6_000;

beforeAll(async () => {
  const dir = join(process.env.TEST_SERVERS_DIR!, `outages-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  const [port, controllerPort] = [await freePort(), await freePort()];
  restartKafka = () => startKafka({ dir, port, controllerPort });
  kafka = await restartKafka();
  system = await startSystem({
    brokers: kafka.brokers,
    env: {
      reservation: {
        PAYMENT_WINDOW_MS: String(WINDOW_MS),
        EXPIRY_GRACE_MS: '12000',
        BREAKER_VOLUME: '3',
        BREAKER_RESET_MS: '500',
        INTENT_LIMIT_MS: '2000',
        INTENT_LEASE_MS: '1000',
      },
      payment: {
        ATTEMPT_CUTOFF_MS: '500',
        DEFERRAL_MS: '20000',
        PROVIDER_TIMEOUT_MS: '1000',
        BREAKER_RESET_MS: '500',
        BREAKER_VOLUME: '3',
      },
    },
  });
  [admin, alice] = [await system.admin(), await system.customer('alice')];
}, 120_000);
afterAll(async () => {
  await system.shutDown();
  await kafka.stop();
}, 60_000);
afterEach(() => system.faults());

const ledgerOf = async (reservationId: string) => {
  const answer = await fetch(`${system.simulatorUrl}/ledger?reference=${reservationId}`);
  return (await answer.json()) as { captured: number; refunded: number };
};
const reservationStatus = async (id: string) =>
  (await alice.call<{ status: string }>('GET', `/api/reservations/${id}`)).body.status;

test('while the provider is down payments are deferred and reservations stand; they are paid when it is back', async () => {
  const musical = await admin.registers('Deferred', 10);
  await system.faults({ down: true });
  const reservations = await Promise.all([1, 2, 3, 4].map(() => alice.reserves(musical.id, 1)));
  for (const { id, paymentDeadline } of reservations) {
    const item = await alice.sees(id, ({ payment }) => payment.status === 'deferred');
    expect(item.status).toBe('awaiting_payment');
    expect(Date.parse(item.paymentDeadline)).toBeGreaterThan(Date.parse(paymentDeadline));
  }
  expect(await alice.freeSeats(musical.id)).toBe(6);
  await system.faults();
  for (const { id } of reservations) {
    await alice.sees(id, ({ status }) => status === 'confirmed', 30_000);
    expect(await ledgerOf(id)).toMatchObject({ captured: 10_000, refunded: 0 });
  }
}, 90_000);

test('a reservation that nobody pays expires, and its seats are free again', async () => {
  const musical = await admin.registers('Expired', 4);
  await system.faults({ requireAction: true });
  const { id } = await alice.reserves(musical.id, 4);
  const item = await alice.sees(
    id,
    ({ status, payment }) => status === 'expired' && payment.status === 'cancelled',
    45_000,
  );
  expect(item.payment.refunded).toBe(0);
  await eventually(async () => expect(await alice.freeSeats(musical.id)).toBe(4));
  expect((await alice.call('DELETE', `/api/reservations/${id}`)).body).toMatchObject({
    type: 'urn:outerpark:problem:reservation-ended',
  });
}, 90_000);

test('an approval that comes after the expiry is refunded once', async () => {
  const musical = await admin.registers('Too late', 2);
  await system.faults({ requireAction: true });
  const { id } = await alice.reserves(musical.id, 1);
  const asked = await alice.sees(id, ({ payment }) => payment.status === 'action_required');
  // Payment does not hear of the expiry, and the customer pays meanwhile.
  await system.stop('payment');
  await eventually(async () => expect(await reservationStatus(id)).toBe('expired'), { withinMs: 45_000 });
  await fetch(asked.payment.url!, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
  expect(await ledgerOf(id)).toMatchObject({ captured: 10_000, refunded: 0 });
  await system.start('payment');
  const item = await alice.sees(id, ({ payment }) => payment.status === 'cancelled', 45_000);
  expect(item).toMatchObject({ status: 'expired', payment: { refunded: 10_000 } });
  expect(await ledgerOf(id)).toMatchObject({ captured: 10_000, refunded: 10_000 });
}, 120_000);

test('while musical is down reservations are refused with 503 and nothing stays held', async () => {
  const musical = await admin.registers('Closed', 10);
  await system.stop('musical');
  const answers = [];
  for (let i = 0; i < 8; i++)
    answers.push(await alice.call('POST', '/api/reservations', { musicalId: musical.id, seats: 1 }));
  for (const { status, headers, body } of answers) {
    expect(status).toBe(503);
    expect(body).toMatchObject({ type: 'urn:outerpark:problem:seat-check-unavailable' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await system.start('musical');
  await eventually(() => alice.reserves(musical.id, 1));
  await eventually(async () => expect(await alice.freeSeats(musical.id)).toBe(9));
}, 90_000);

test('while Kafka is down for longer than a deadline reservations are taken, and nobody expires wrongly', async () => {
  const musical = await admin.registers('No Kafka', 10);
  const before = await alice.reserves(musical.id, 1);
  await alice.sees(before.id, ({ status }) => status === 'confirmed');
  await kafka.stop();
  const during = await alice.reserves(musical.id, 2);
  expect(await alice.freeSeats(musical.id)).toBe(7);

  // Longer than its deadline and the sweeper's grace.
  const over = Date.parse(during.paymentDeadline) + 14_000;
  await eventually(() => expect(Date.now()).toBeGreaterThan(over), { withinMs: 30_000, everyMs: 500 });
  expect(await reservationStatus(during.id)).toBe('awaiting_payment');
  expect(await alice.freeSeats(musical.id)).toBe(7);
  const page = await alice.call<{ items: { id: string }[] }>('GET', '/api/mypage');
  expect(page.status).toBe(200);
  expect(Date.parse(page.headers.get('x-as-of')!)).toBeLessThan(over - 10_000);

  kafka = await restartKafka();
  await alice.sees(during.id, ({ status }) => status === 'confirmed', 60_000);
  expect(await ledgerOf(during.id)).toMatchObject({ captured: 20_000, refunded: 0 });
  expect(await alice.freeSeats(musical.id)).toBe(7);
}, 180_000);
