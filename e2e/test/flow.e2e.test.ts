import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Customer } from './customer';
import { startSystem, type System } from './system';

// The customer's story, whole: what the README promises, through the gateway and over Kafka.
let system: System;
let admin: Customer;
let alice: Customer;
let bob: Customer;

beforeAll(async () => {
  system = await startSystem();
  [admin, alice, bob] = [await system.admin(), await system.customer('alice'), await system.customer('bob')];
}, 90_000);
afterAll(() => system.shutDown(), 60_000);
afterEach(() => system.faults());

const types = (item: { timeline: { type: string }[] }) => item.timeline.map(({ type }) => type);
const ledgerOf = async (reservationId: string) => {
  const answer = await fetch(`${system.simulatorUrl}/ledger?reference=${reservationId}`);
  return (await answer.json()) as { captured: number; refunded: number };
};
const mailsTo = async (address: string) =>
  (await (await fetch(`${system.inboxUrl}/email?to=${address}`)).json()) as { subject: string }[];

test('seats are reserved, paid, notified, refused when they are gone, cancelled and refunded', async () => {
  const musical = await admin.registers('Chagall', 100);
  const reservation = await alice.reserves(musical.id, 10);
  expect(reservation).toMatchObject({ seats: 10, price: 100_000, status: 'awaiting_payment', version: 1 });
  expect(await alice.freeSeats(musical.id)).toBe(90);

  const paid = await alice.sees(reservation.id, (item) => item.status === 'confirmed' && item.notifications.length > 0);
  expect(paid.payment).toMatchObject({ status: 'approved', refunded: 0 });
  expect(paid.notifications).toMatchObject([{ kind: 'confirmed', status: 'sent' }]);
  expect(await mailsTo('alice@example.com')).not.toHaveLength(0);

  const refused = await bob.call('POST', '/api/reservations', { musicalId: musical.id, seats: 91 });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ type: 'urn:outerpark:problem:seats-unavailable', free: 90 });

  const cancelled = await alice.call('DELETE', `/api/reservations/${reservation.id}`);
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  const story = await alice.sees(
    reservation.id,
    (item) =>
      item.payment.status === 'cancelled' && item.notifications.length === 2 && types(item).includes('SeatsReleased'),
  );
  expect(story.payment).toMatchObject({ status: 'cancelled', refunded: 100_000 });
  expect(story.notifications.map(({ kind }) => kind)).toContain('refunded');
  expect(await alice.freeSeats(musical.id)).toBe(100);
  expect(await ledgerOf(reservation.id)).toMatchObject({ captured: 100_000, refunded: 100_000 });
  expect(types(story)).toEqual(
    expect.arrayContaining([
      'SeatsReserved',
      'PaymentApproved',
      'ReservationConfirmed',
      'ReservationCancelled',
      'PaymentCancelled',
    ]),
  );
  const times = story.timeline.map(({ at }) => at);
  expect(times).toEqual([...times].sort());
}, 60_000);

test('a declined payment is tried again and then confirmed', async () => {
  const musical = await admin.registers('Declined', 5);
  await system.faults({ declineNext: 1 });
  const { id } = await alice.reserves(musical.id, 1);
  await alice.sees(id, (item) => item.payment.status === 'declined');
  expect((await alice.call('POST', `/api/reservations/${id}/payment`)).status).toBe(202);
  const item = await alice.sees(id, ({ status }) => status === 'confirmed');
  expect(types(item)).toEqual(expect.arrayContaining(['PaymentDeclined', 'PaymentRequested', 'PaymentApproved']));
  expect(await ledgerOf(id)).toMatchObject({ captured: 10_000, refunded: 0 });
}, 60_000);

test('an answer lost after charging is asked for again and charged once', async () => {
  const musical = await admin.registers('Lost answer', 5);
  await system.faults({ noAnswer: 'after' });
  const { id } = await alice.reserves(musical.id, 2);
  await eventually(async () => expect(await ledgerOf(id)).toMatchObject({ captured: 20_000 }));
  await system.faults();
  await alice.sees(id, ({ status }) => status === 'confirmed');
  expect(await ledgerOf(id)).toMatchObject({ captured: 20_000, refunded: 0 });
}, 60_000);

test('the customer pays on the page of the provider', async () => {
  const musical = await admin.registers('Page', 5);
  await system.faults({ requireAction: true });
  const { id } = await alice.reserves(musical.id, 1);
  const asked = await alice.sees(id, (item) => item.payment.status === 'action_required');
  await fetch(asked.payment.url!, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
  await alice.sees(id, ({ status }) => status === 'confirmed');
}, 60_000);

test('a reservation that is cancelled before it is paid is never charged', async () => {
  const musical = await admin.registers('Cancelled before', 5);
  await system.faults({ requireAction: true });
  const { id } = await alice.reserves(musical.id, 3);
  await alice.sees(id, (item) => item.payment.status === 'action_required');
  expect((await alice.call('DELETE', `/api/reservations/${id}`)).status).toBe(200);
  expect((await alice.call('DELETE', `/api/reservations/${id}`)).status).toBe(200);
  const item = await alice.sees(id, ({ payment }) => payment.status === 'cancelled');
  expect(item.payment.refunded).toBe(0);
  expect(types(item).filter((type) => type === 'ReservationCancelled')).toHaveLength(1);
  await eventually(async () => expect(await alice.freeSeats(musical.id)).toBe(5));
  expect(await ledgerOf(id)).toMatchObject({ captured: 0 });
}, 60_000);

test('a reservation that is cancelled while it is being charged is refunded once', async () => {
  const musical = await admin.registers('Cancelled during', 5);
  await system.faults({ latencyMs: 1_000 });
  const { id } = await alice.reserves(musical.id, 1);
  await eventually(async () => {
    const { body } = await alice.call<{ items: { reservationId: string }[] }>('GET', '/api/payments');
    expect(body.items.map(({ reservationId }) => reservationId)).toContain(id);
  });
  expect((await alice.call('DELETE', `/api/reservations/${id}`)).status).toBe(200);
  await system.faults();
  await alice.sees(id, ({ payment }) => payment.status === 'cancelled');
  const { captured, refunded } = await ledgerOf(id);
  expect(refunded).toBe(captured);
  await eventually(async () => expect(await alice.freeSeats(musical.id)).toBe(5));
}, 60_000);

test('two customers do not see each other', async () => {
  const musical = await admin.registers('Private', 10);
  const hers = await alice.reserves(musical.id, 1);
  const his = await bob.reserves(musical.id, 2);
  await alice.sees(hers.id, () => true);
  await bob.sees(his.id, () => true);
  const page = await alice.call<{ items: { id: string }[] }>('GET', '/api/mypage');
  expect(page.body.items.map(({ id }) => id)).not.toContain(his.id);
  expect(Date.parse(page.headers.get('x-as-of')!)).toBeGreaterThan(Date.now() - 60_000);
  for (const [method, path] of [
    ['GET', `/api/reservations/${his.id}`],
    ['DELETE', `/api/reservations/${his.id}`],
    ['POST', `/api/reservations/${his.id}/payment`],
  ] as const) {
    expect(await alice.call(method, path)).toMatchObject({
      status: 404,
      body: { type: 'urn:outerpark:problem:not-found' },
    });
  }
  const payments = await alice.call<{ items: { reservationId: string }[] }>('GET', '/api/payments');
  expect(payments.body.items.map(({ reservationId }) => reservationId)).not.toContain(his.id);
  expect((await admin.call('GET', `/api/reservations/${his.id}`)).status).toBe(200);
  await bob.sees(his.id, ({ status }) => status === 'confirmed');
}, 60_000);

test('the same Idempotency-Key reserves once, also from two requests at a time', async () => {
  const musical = await admin.registers('Once', 10);
  const key = { 'idempotency-key': 'double-click' };
  const wanted = { musicalId: musical.id, seats: 2 };
  const answers = await Promise.all([1, 2, 3].map(() => alice.call('POST', '/api/reservations', wanted, key)));
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  const again = await alice.call('POST', '/api/reservations', wanted, key);
  expect(again.status).toBe(201);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await alice.freeSeats(musical.id)).toBe(8);
  expect((await alice.call('POST', '/api/reservations', { ...wanted, seats: 3 }, key)).status).toBe(422);
  // Another customer's key is another key.
  expect((await bob.call('POST', '/api/reservations', wanted, key)).status).toBe(201);
  expect(await alice.freeSeats(musical.id)).toBe(6);
}, 60_000);

test('of 200 customers at once for 20 seats exactly 20 get one', async () => {
  const musical = await admin.registers('Rush', 20);
  const customers = await Promise.all(Array.from({ length: 200 }, (_, index) => system.customer(`rush-${index}`)));
  const answers = await Promise.all(
    customers.map((customer) => customer.call('POST', '/api/reservations', { musicalId: musical.id, seats: 1 })),
  );
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([count(201), count(409)]).toEqual([20, 180]);
  expect(await alice.freeSeats(musical.id)).toBe(0);
}, 60_000);
