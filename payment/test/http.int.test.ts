import { page } from '@outerpark/contracts/http/paging';
import { payment as paymentSchema, type Payment } from '@outerpark/contracts/http/payments';
import { problem } from '@outerpark/contracts/http/problems';
import { eventually } from '@outerpark/chassis/testing/eventually';
import request from 'supertest';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

let payment: TestPayment;
const ofAlice = Array.from({ length: 5 }, () => reservation());
const ofBob = reservation({ customerId: 'bob' });

beforeAll(async () => {
  payment = await startTestPayment();
  await payment.feed(...ofAlice.map(({ reserved }) => reserved()), ofBob.reserved());
  for (const { id } of [...ofAlice, ofBob]) await eventually(() => expect(payment.said(id)).toHaveLength(1));
});
afterAll(() => payment.stop());

const get = async (path: string, claims?: Parameters<TestPayment['issuer']['token']>[0]) =>
  request(payment.url)
    .get(path)
    .set('authorization', `Bearer ${await payment.issuer.token(claims)}`);
const ids = (body: unknown) => (body as { items: Payment[] }).items.map(({ reservationId }) => reservationId).sort();

it('customers see their own payments', async () => {
  const answer = await get('/api/payments', { sub: 'alice' });
  expect(answer.status).toBe(200);
  expect(page(paymentSchema).parse(answer.body)).toEqual(answer.body);
  expect(ids(answer.body)).toEqual(ofAlice.map(({ id }) => id).sort());
  expect(answer.body).toMatchObject({
    items: [{ status: 'approved', price: 30_000, captured: 30_000, refunded: 0, url: null }, {}, {}, {}, {}],
    next: null,
  });
  expect(ids((await get('/api/payments', { sub: 'bob' })).body)).toEqual([ofBob.id]);
  expect(ids((await get('/api/payments', { sub: 'carol' })).body)).toEqual([]);
});

it('an admin sees all', async () => {
  const answer = await get('/api/payments', { sub: 'admin', roles: ['admin'] });
  expect(ids(answer.body)).toEqual([...ofAlice, ofBob].map(({ id }) => id).sort());
});

it('pages follow one another without gaps', async () => {
  const seen: string[] = [];
  let cursor = '';
  do {
    const answer = await get(`/api/payments?limit=2${cursor && `&cursor=${cursor}`}`, { sub: 'alice' });
    seen.push(...ids(answer.body));
    cursor = (answer.body as { next: string | null }).next ?? '';
  } while (cursor);
  expect(seen.sort()).toEqual(ofAlice.map(({ id }) => id).sort());
});

it.each([
  ['a made-up cursor', '/api/payments?cursor=zzz'],
  ['a cursor of another list', `/api/payments?cursor=${Buffer.from('["a","b"]').toString('base64url')}`],
  ['no number', '/api/payments?limit=many'],
  ['a limit of none', '/api/payments?limit=0'],
  ['a limit of too many', '/api/payments?limit=1000'],
])('%s is an invalid request', async (_, path) => {
  const answer = await get(path, { sub: 'alice' });
  expect([answer.status, problem.parse(answer.body).type]).toEqual([400, 'urn:outerpark:problem:invalid-request']);
});

it('nobody sees anything without a valid token', async () => {
  const { forged, token } = payment.issuer;
  const bad = [
    undefined,
    'nonsense',
    await forged.otherKey(),
    await forged.algNone(),
    await token({ expiresIn: '-1m' }),
  ];
  for (const bearer of bad) {
    const call = request(payment.url).get('/api/payments');
    const answer = await (bearer === undefined ? call : call.set('authorization', `Bearer ${bearer}`));
    expect([answer.status, problem.parse(answer.body).type]).toEqual([401, 'urn:outerpark:problem:unauthenticated']);
  }
});

it('other methods and paths are refused', async () => {
  expect((await request(payment.url).post('/api/payments')).status).toBe(405);
  expect((await request(payment.url).get('/api/payments/1')).status).toBe(404);
});

it('the probes and metrics answer', async () => {
  expect((await request(payment.url).get('/livez')).status).toBe(200);
  await eventually(() => request(payment.url).get('/readyz').expect(200));
  const { text } = await request(payment.url).get('/metrics');
  for (const name of ['payments', 'payment_oldest_due_seconds', 'payment_steps_total', 'breaker_state']) {
    expect(text).toContain(`# TYPE ${name} `);
  }
});
