import { randomUUID } from 'node:crypto';
import { fingerprint } from '@outerpark/chassis/http/idempotency';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';

/** Where nothing listens: surely nothing is sent. */
const NOBODY = 'http://127.0.0.1:1';

let service: ReservationService;
let cutOff: ReservationService;
beforeAll(async () => {
  // No worker: what the sweeper would do must not be needed here.
  const settings = { ROLES: 'http', MUSICAL_TIMEOUT_MS: '10000' };
  service = await startReservationService(settings);
  cutOff = await startReservationService({ ...settings, MUSICAL_URL: NOBODY });
});
afterAll(async () => {
  await service.stop();
  await cutOff.stop();
});
beforeEach(() => {
  service.musical.is({ kind: 'hold' });
  service.musical.requests.length = 0;
});

const wanted = { musicalId, seats: 2 };
const refusal = { type: 'urn:outerpark:problem:seats-unavailable', title: '', status: 409, free: 0 };
const reserve = async (at: ReservationService, key: string) =>
  at.api
    .post('/api/reservations')
    .set({ authorization: await at.token('alice'), 'idempotency-key': key })
    .send(wanted);
const lapse = (at: ReservationService, key: string) =>
  at.store.query(`UPDATE intent SET claimed_at = claimed_at - interval '31 s' WHERE key = $1`, [key]);

/** As a process leaves it that was killed with its hold asked for and its lease over. */
async function killedAttempt(at: ReservationService): Promise<{ id: string; key: string }> {
  const [id, key] = [randomUUID(), randomUUID()];
  await at.store.query(
    `INSERT INTO intent (reservation_id, customer_id, key, fingerprint, correlation_id, traceparent)
     VALUES ($1, 'alice', $2, $3, 'c', '')`,
    [id, key, fingerprint(wanted)],
  );
  await lapse(at, key);
  return { id, key };
}
const abandoned = (reservationId: string) => [
  { type: 'ReservationAbandoned', version: 1, data: { reservationId, customerId: 'alice' } },
];

test('before its lease is over a dead attempt keeps its key; another body is refused all the while', async () => {
  const { id, key } = await killedAttempt(service);
  await service.store.query(`UPDATE intent SET claimed_at = now() WHERE reservation_id = $1`, [id]);
  expect((await reserve(service, key)).body).toMatchObject({ type: 'urn:outerpark:problem:request-in-flight' });

  await lapse(service, key);
  const other = service.api.post('/api/reservations').send({ ...wanted, seats: 3 });
  const answer = await other.set({ authorization: await service.token('alice'), 'idempotency-key': key });
  expect(answer.body).toMatchObject({ type: 'urn:outerpark:problem:idempotency-key-reused' });
  expect(service.musical.requests).toEqual([]);
});

test('a retry goes on with the same reservation', async () => {
  const { id, key } = await killedAttempt(service);
  const answer = await reserve(service, key);
  expect([answer.status, answer.body.id]).toEqual([201, id]);
  expect(service.musical.requests.map(({ reservationId }) => reservationId)).toEqual([id]);
});

test('of many retries one takes over', async () => {
  const { id, key } = await killedAttempt(service);
  const answers = await Promise.all(Array.from({ length: 10 }, () => reserve(service, key)));
  const made = answers.filter(({ status }) => status === 201);
  expect(new Set(made.map(({ body }) => body.id as string))).toEqual(new Set([id]));
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(service.musical.requests).toHaveLength(1);
  expect(await service.published(id)).toHaveLength(1);
});

// The first attempt's hold may have been made, or may be made later: a refusal now says nothing of it.
test('a retry that is refused abandons what the first attempt may hold, and the key starts anew', async () => {
  const { id, key } = await killedAttempt(service);
  service.musical.is({ kind: 'answer', status: 409, body: refusal });
  const answer = await reserve(service, key);
  expect([answer.status, answer.body.type]).toEqual([409, refusal.type]);
  expect(await service.published(id)).toEqual(abandoned(id));

  service.musical.is({ kind: 'hold' });
  const next = await reserve(service, key);
  expect(next.status).toBe(201);
  expect(next.body.id).not.toBe(id);
});

test('a retry that cannot ask at all does the same, and a first attempt that could not needs nothing', async () => {
  const { id, key } = await killedAttempt(cutOff);
  expect((await reserve(cutOff, key)).body).toMatchObject({ type: 'urn:outerpark:problem:seat-check-unavailable' });
  expect(await cutOff.published(id)).toEqual(abandoned(id));

  expect((await reserve(cutOff, randomUUID())).status).toBe(503);
  const closed = await cutOff.store.query(`SELECT state FROM intent WHERE state <> 'abandoned'`);
  expect(closed).toEqual([{ state: 'refused' }]);
});

test('a first attempt that wakes up with a refusal does not close what the retry has opened', async () => {
  const key = randomUUID();
  let letGo: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  service.musical.is({ kind: 'wait', until, then: { status: 409, body: refusal } });
  const sleeper = reserve(service, key);
  await eventually(() => expect(service.musical.requests).toHaveLength(1));
  const { reservationId } = service.musical.requests[0]!;
  await lapse(service, key);

  let finish: () => void = () => undefined;
  service.musical.is({ kind: 'wait', until: new Promise<void>((resolve) => (finish = resolve)) });
  const retry = reserve(service, key);
  await eventually(() => expect(service.musical.requests).toHaveLength(2));
  letGo();
  expect((await sleeper).status).toBe(409);
  finish();
  const answer = await retry;
  expect([answer.status, answer.body.id]).toEqual([201, reservationId]);
  expect(await service.published(reservationId)).toMatchObject([{ type: 'SeatsReserved' }]);
});

test('a hold that was ended meanwhile is no answer about seats', async () => {
  const ended = { type: 'urn:outerpark:problem:hold-ended', title: '', status: 409 };
  service.musical.is({ kind: 'answer', status: 409, body: ended });
  const answer = await reserve(service, randomUUID());
  expect([answer.status, answer.body.type]).toEqual([503, 'urn:outerpark:problem:seat-check-unavailable']);
});
