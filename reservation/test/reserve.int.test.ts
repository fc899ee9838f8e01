import { randomUUID } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { HoldRequest } from '@outerpark/contracts/http/holds';
import { musicalId, startMusicalStub, startReservationService, type ReservationService } from './reservation-service';

let service: ReservationService;
let alice: string;
let bob: string;

beforeAll(async () => {
  service = await startReservationService({ INTENT_LIMIT_MS: '700', INTENT_LEASE_MS: '300' });
  [alice, bob] = [await service.token('alice'), await service.token('bob')];
});
afterAll(() => service.stop());
beforeEach(() => {
  service.musical.is({ kind: 'hold' });
  service.musical.requests.length = 0;
});

const wanted = { musicalId, seats: 2 };
const reserve = (token: string, body: object | string = wanted, key?: string) => {
  const request = service.api.post('/api/reservations').set('authorization', token).type('json');
  return (key ? request.set('idempotency-key', key) : request).send(body);
};
const problem = (name: string) => `urn:outerpark:problem:${name}`;
const intents = (state: string) =>
  service.store.query<{ id: string }>(`SELECT reservation_id AS id FROM intent WHERE state = $1`, [state]);
const reservations = async () =>
  Number((await service.store.query<{ count: number }>(`SELECT count(*) AS count FROM reservation`))[0]!.count);

test('a reservation is stored with its event and the contact of its customer', async () => {
  const { status, body } = await reserve(alice);
  expect(status).toBe(201);
  expect(body).toMatchObject({ seats: 2, price: 20_000, status: 'awaiting_payment', version: 1, musical: 'Chagall' });
  const [event] = await service.published(body.id);
  expect(event).toMatchObject({
    type: 'SeatsReserved',
    version: 1,
    data: { customerId: 'alice', seats: 2, price: 20_000 },
  });
  expect(event!.data.paymentDeadline).toBe(body.paymentDeadline);
  expect(await service.published('alice')).toHaveLength(1);
  await reserve(alice).expect(201);
  // The same contact is told once.
  expect(await service.published('alice')).toHaveLength(1);
});

test('a reservation is found by its owner and an admin, and by nobody else', async () => {
  const { body } = await reserve(alice);
  const find = (token: string, id: string = body.id) =>
    service.api.get(`/api/reservations/${id}`).set('authorization', token);
  expect((await find(alice)).body).toEqual(body);
  await find(await service.token('boss', ['admin'])).expect(200);
  await find(bob).expect(404);
  await find(alice, randomUUID()).expect(404);
  await find(alice, 'no-uuid').expect(404);
});

describe('bad input changes nothing', () => {
  test.each([
    ['no seats', { musicalId }],
    ['zero seats', { musicalId, seats: 0 }],
    ['negative seats', { musicalId, seats: -1 }],
    ['half a seat', { musicalId, seats: 1.5 }],
    ['too many seats', { musicalId, seats: 1e12 }],
    ['seats as text', { musicalId, seats: '2' }],
    ['no musical', { seats: 2 }],
    ['a musical that is no id', { musicalId: 'chagall', seats: 2 }],
    ['an unknown member', { musicalId, seats: 2, free: true }],
    ['no lines', { performanceId: musicalId, lines: [] }],
    [
      'a grade twice',
      {
        performanceId: musicalId,
        lines: [
          { grade: 'R', seats: 1 },
          { grade: 'R', seats: 1 },
        ],
      },
    ],
    ['a list', []],
  ])('%s', async (_case, body) => {
    const before = await reservations();
    const answer = await reserve(alice, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ type: problem('invalid-request') });
    expect(await reservations()).toBe(before);
    expect(service.musical.requests).toHaveLength(0);
  });

  test('malformed JSON, another media type, a body of 10 MB', async () => {
    expect((await reserve(alice, '{"seats":')).body.type).toBe(problem('malformed-json'));
    expect((await reserve(alice, JSON.stringify({ musicalId, seats: 1, x: 'x'.repeat(10_000_000) }))).status).toBe(413);
    const text = await service.api.post('/api/reservations').set('authorization', alice).type('text').send('2 seats');
    expect(text.body.type).toBe(problem('unsupported-media-type'));
  });

  test('no token, a forged and an expired one, and an admin who is no customer', async () => {
    await service.api.post('/api/reservations').send(wanted).expect(401);
    await reserve(`Bearer ${await service.issuer.forged.otherKey({ sub: 'alice' })}`).expect(401);
    await reserve(`Bearer ${await service.issuer.token({ sub: 'alice', expiresIn: '-1m' })}`).expect(401);
    await reserve(await service.token('boss', ['admin'])).expect(403);
    expect(service.musical.requests).toHaveLength(0);
  });

  test('an Idempotency-Key that is none', () => reserve(alice, wanted, 'x'.repeat(256)).expect(400));
});

test("musical's refusal is the answer, and the intent is closed", async () => {
  const refusal = { type: problem('seats-unavailable'), title: 'Not enough free seats', status: 409, free: 1 };
  service.musical.is({ kind: 'answer', status: 409, body: refusal });
  const { status, body } = await reserve(alice);
  expect(status).toBe(409);
  expect(body).toMatchObject({ type: problem('seats-unavailable'), free: 1 });
  expect(await intents('open')).toEqual([]);
});

describe('without a definite answer of musical the intent is abandoned', () => {
  test.each([
    ['it does not answer', { kind: 'silence' }],
    ['it breaks the connection', { kind: 'reset' }],
    ['it answers 503', { kind: 'answer', status: 503, body: {} }],
    ['it answers 429', { kind: 'answer', status: 429, body: {} }],
    ['it answers what makes no sense', { kind: 'answer', status: 200, body: { held: 'perhaps' } }],
    ['it refuses in unknown words', { kind: 'answer', status: 409, body: 'no' }],
  ] as const)('%s', async (_case, mood) => {
    service.musical.is(mood);
    const answer = await reserve(alice);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ type: problem('seat-check-unavailable') });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const { reservationId } = service.musical.requests[0]!;
    expect(await service.published(reservationId)).toEqual([
      { type: 'ReservationAbandoned', version: 1, data: { reservationId, customerId: 'alice' } },
    ]);
  });

  test.each(['silence', 'reset'] as const)('one replica refuses after another gave none: %s', async (kind) => {
    const [first, second] = [await startMusicalStub(), await startMusicalStub()];
    const two = await startReservationService({ ROLES: 'http', MUSICAL_URL: `${first.url},${second.url}` });
    first.is({ kind });
    const body = { type: problem('seats-unavailable'), title: '', status: 409, free: 0 };
    second.is({ kind: 'answer', status: 409, body });
    const answer = await two.api
      .post('/api/reservations')
      .set('authorization', await two.token('alice'))
      .send(wanted);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ type: problem('seats-unavailable') });
    // The first may still hold them, when other seats have become free: the event undoes that.
    const [{ reservationId }] = first.requests as [HoldRequest];
    expect(await two.published(reservationId)).toMatchObject([{ type: 'ReservationAbandoned' }]);
    await Promise.all([first.stop(), second.stop(), two.stop()]);
  });

  test('a hold that is granted after its intent was abandoned makes no reservation', async () => {
    let letGo: () => void = () => undefined;
    service.musical.is({ kind: 'wait', until: new Promise<void>((resolve) => (letGo = resolve)) });
    const answer = reserve(alice).then((response) => response);
    await eventually(() => expect(service.musical.requests).toHaveLength(1));
    const { reservationId } = service.musical.requests[0]!;
    await service.store.query(`UPDATE intent SET state = 'abandoned', key = NULL WHERE reservation_id = $1`, [
      reservationId,
    ]);
    letGo();
    expect((await answer).status).toBe(503);
    expect(await service.published(reservationId)).toEqual([]);
    await service.api.get(`/api/reservations/${reservationId}`).set('authorization', alice).expect(404);
  });
});

test('an intent that a crash left open is abandoned when its time is over', async () => {
  const id = randomUUID();
  await service.store.query(
    `INSERT INTO intent (reservation_id, customer_id, fingerprint, correlation_id, traceparent) VALUES ($1, 'alice', 'f', 'c-1', '')`,
    [id],
  );
  const [event] = await eventually(async () => {
    const events = await service.published(id);
    expect(events).toHaveLength(1);
    return events;
  });
  expect(event).toMatchObject({ type: 'ReservationAbandoned', version: 1 });
  const [row] = await service.store.query(`SELECT headers->>'correlationid' AS id FROM outbox WHERE subject = $1`, [
    id,
  ]);
  expect(row).toEqual({ id: 'c-1' });
});

describe('an Idempotency-Key', () => {
  test('gives the stored answer again, to its customer only', async () => {
    const key = randomUUID();
    const first = await reserve(alice, wanted, key);
    const again = await reserve(alice, wanted, key);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const his = await reserve(bob, wanted, key);
    expect(his.status).toBe(201);
    expect(his.body.id).not.toBe(first.body.id);
    expect(service.musical.requests).toHaveLength(2);
  });

  test('is refused with another body', async () => {
    const key = randomUUID();
    await reserve(alice, wanted, key).expect(201);
    const other = await reserve(alice, { ...wanted, seats: 3 }, key);
    expect(other.status).toBe(422);
    expect(other.body.type).toBe(problem('idempotency-key-reused'));
  });

  test('keeps a decided refusal', async () => {
    const key = randomUUID();
    service.musical.is({
      kind: 'answer',
      status: 409,
      body: { type: problem('seats-unavailable'), title: '', status: 409, free: 0 },
    });
    await reserve(alice, wanted, key).expect(409);
    service.musical.is({ kind: 'hold' });
    const again = await reserve(alice, wanted, key);
    expect(again.status).toBe(409);
    expect(again.headers['content-type']).toContain('application/problem+json');
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  test('starts anew after an abandoned intent', async () => {
    const key = randomUUID();
    service.musical.is({ kind: 'reset' });
    await reserve(alice, wanted, key).expect(503);
    service.musical.is({ kind: 'hold' });
    await reserve(alice, wanted, key).expect(201);
    // A hold that was broken off is sent once more, for the same reservation.
    const [first, again, anew] = service.musical.requests;
    expect(again!.reservationId).toBe(first!.reservationId);
    expect(anew!.reservationId).not.toBe(first!.reservationId);
  });

  test('answers 409 while the first request is in flight', async () => {
    const key = randomUUID();
    let letGo: () => void = () => undefined;
    service.musical.is({ kind: 'wait', until: new Promise<void>((resolve) => (letGo = resolve)) });
    const first = reserve(alice, wanted, key).then((response) => response);
    await eventually(() => expect(service.musical.requests).toHaveLength(1));
    const second = await reserve(alice, wanted, key);
    expect(second.status).toBe(409);
    expect(second.body.type).toBe(problem('request-in-flight'));
    letGo();
    expect((await first).status).toBe(201);
  });

  test('lets a retry take over a dead request with the same reservation', async () => {
    const key = randomUUID();
    await reserve(alice, wanted, key).expect(201);
    const { reservationId } = service.musical.requests[0]!;
    // As a crash between hold and reservation leaves it.
    await service.store.query(`DELETE FROM reservation WHERE id = $1`, [reservationId]);
    await service.store.query(`DELETE FROM outbox WHERE subject = $1`, [reservationId]);
    await service.store.query(
      `UPDATE intent SET state = 'open', status = NULL, body = NULL, claimed_at = now() - interval '400 ms' WHERE reservation_id = $1`,
      [reservationId],
    );
    const again = await reserve(alice, wanted, key);
    expect(again.status).toBe(201);
    expect(again.body.id).toBe(reservationId);
    expect(service.musical.requests.map((request) => request.reservationId)).toEqual([reservationId, reservationId]);
  });

  test('reserves once when twenty requests come at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve(alice, wanted, key)));
    const made = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => (body as { id: string }).id));
    expect(made.size).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(service.musical.requests).toHaveLength(1);
  });
});
