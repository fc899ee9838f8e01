import { randomUUID } from 'node:crypto';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { createExpireReservations } from '../src/use-cases/expire-reservations';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';

let service: ReservationService;
beforeAll(async () => {
  service = await startReservationService({ RETENTION_EVERY_MS: '20', MUSICAL_TIMEOUT_MS: '10000' });
});
afterAll(() => service.stop());
beforeEach(() => service.musical.is({ kind: 'hold' }));

const reserve = async (key: string) =>
  service.api
    .post('/api/reservations')
    .set({ authorization: await service.token('alice'), 'idempotency-key': key })
    .send({ musicalId, seats: 1 });
const age = (key: string, by: string) =>
  service.store.query(
    `UPDATE intent SET created_at = created_at - $2::interval, claimed_at = claimed_at - $2::interval WHERE key = $1`,
    [key, by],
  );
const intentOf = async (id: string) =>
  (await service.store.query<{ state: string }>('SELECT state FROM intent WHERE reservation_id = $1', [id]))[0]?.state;
const forgotten = (id: string) => eventually(async () => expect(await intentOf(id)).toBeUndefined());

test('a closed intent stands for a day with its answer; its reservation stays for good', async () => {
  const [young, old] = [randomUUID(), randomUUID()];
  const kept = await reserve(young);
  const first = await reserve(old);
  await age(young, '23 hours 59 minutes');
  await age(old, '24 hours 1 minute');
  await forgotten(first.body.id);

  const again = await reserve(young);
  expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([201, 'true', kept.body]);
  const anew = await reserve(old);
  expect(anew.status).toBe(201);
  expect(anew.body.id).not.toBe(first.body.id);
  const cancel = service.api.delete(`/api/reservations/${first.body.id}`);
  await cancel.set({ authorization: await service.token('alice') }).expect(200);
});

test('an open intent is never forgotten, only abandoned', async () => {
  const id = randomUUID();
  await service.store.query(
    `INSERT INTO intent (reservation_id, customer_id, fingerprint, correlation_id, traceparent, created_at)
     VALUES ($1, 'alice', 'f', 'c', '', now() - interval '9 days')`,
    [id],
  );
  const witness = await reserve(randomUUID());
  await service.store.query(`UPDATE intent SET created_at = 'epoch' WHERE reservation_id = $1`, [witness.body.id]);
  await forgotten(witness.body.id);
  expect(await intentOf(id)).toBe('open');
});

test('whoever comes late finds no open intent: nothing is stored', async () => {
  const key = randomUUID();
  let answer: () => void = () => undefined;
  service.musical.is({ kind: 'wait', until: new Promise<void>((resolve) => (answer = resolve)) });
  service.musical.requests.length = 0;
  const sleeper = reserve(key);
  await eventually(() => expect(service.musical.requests).toHaveLength(1));
  const { reservationId } = service.musical.requests[0]!;
  await age(key, '2 days');
  await eventually(async () => expect(await service.published(reservationId)).toHaveLength(1));
  await forgotten(reservationId);
  answer();
  expect((await sleeper).status).toBe(503);
  expect(await service.store.query('SELECT id FROM reservation WHERE id = $1', [reservationId])).toEqual([]);
});

test('nothing expires on what is known of a time from which sent events may be gone', async () => {
  const MINUTE = 60_000;
  const { id } = (await reserve(randomUUID())).body as { id: string };
  const outbox = createOutbox({ source: 'outerpark/reservation', wake: () => undefined });
  let time = new Date('2030-01-01T00:00:00Z');
  const sweep = createExpireReservations(service.store, outbox, () => time, 0, 10 * MINUTE);
  await service.store.query(`UPDATE reservation SET payment_deadline = $2 WHERE id = $1`, [id, time]);
  const sweepAt = async (minutesBehind: number) => {
    await service.caughtUp(new Date(time.getTime() + MINUTE));
    time = new Date(time.getTime() + (1 + minutesBehind) * MINUTE);
    await sweep();
    time = new Date(time.getTime() - (1 + minutesBehind) * MINUTE);
    const [row] = await service.store.query<{ status: string }>('SELECT status FROM reservation WHERE id = $1', [id]);
    return row!.status;
  };
  expect(await sweepAt(6)).toBe('awaiting_payment');
  expect(await sweepAt(4)).toBe('expired');
});
