import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { oneNight, startMusicalProcess, type MusicalProcess } from './musical-process';
import { startReservationService, type ReservationService } from './reservation-service';

const kafka = testKafka();
const broker = connectKafka({ ...kafka, clientId: 'test', logger: createLogger('test', 'silent') });
let issuer: TestIssuer;
let musical: MusicalProcess;
let service: ReservationService;
let alice: string;
beforeAll(async () => {
  const onKafka = {
    ROLES: 'http,consumer,relay,worker',
    KAFKA_BROKERS: kafka.brokers.join(','),
    TOPIC_PREFIX: kafka.topicPrefix,
  };
  await eventually(() => broker.ensureTopics(), { withinMs: 30_000 });
  issuer = await startTestIssuer();
  musical = await startMusicalProcess(issuer, onKafka);
  service = await startReservationService({ ...onKafka, MUSICAL_URL: musical.url, MUSICAL_TIMEOUT_MS: '1000' }, issuer);
  alice = await service.token('alice');
}, 90_000);
afterAll(async () => {
  await service.stop();
  await musical.stop();
  await broker.close();
  await issuer.stop();
});

const patience = { withinMs: 30_000 };
const free = async (show: Musical) => (await musical.free(show)).VIP;
const becomesFree = (show: Musical, seats: number) =>
  eventually(async () => expect(await free(show)).toBe(seats), patience);
const reserve = async (show: Musical, seats = 3) =>
  service.api.post('/api/reservations').set('authorization', alice).send({ musicalId: show.id, seats });
const find = async (id: string) => service.api.get(`/api/reservations/${id}`).set('authorization', alice);

test('cancelled: musical gives the seats back, and the saga watch hears of it', async () => {
  const show = await musical.register(oneNight({ VIP: 10 }));
  const { body } = await reserve(show);
  expect(await free(show)).toBe(7);
  await service.api.delete(`/api/reservations/${body.id}`).set('authorization', alice).expect(200);

  await becomesFree(show, 10);
  await eventually(async () => {
    const [row] = await service.store.query<{ at: Date | null }>(
      `SELECT seats_released_at AS at FROM reservation WHERE id = $1`,
      [body.id],
    );
    expect(row!.at).not.toBeNull();
  }, patience);
}, 90_000);

test('paid: confirmed, and the seats are sold', async () => {
  const show = await musical.register(oneNight({ VIP: 10 }));
  const { body } = await reserve(show);
  const reservationId = body.id as string;
  const approved = messageOf(
    { type: 'PaymentApproved', data: { reservationId, customerId: 'alice', amount: 150_000 } },
    { subject: reservationId },
  );
  await broker.publish([
    { topic: 'payment.events', key: reservationId, headers: approved.headers, value: approved.value },
  ]);
  await eventually(async () => expect((await find(reservationId)).body.status).toBe('confirmed'), patience);
  expect(await free(show)).toBe(7);
}, 90_000);

test('killed between hold and reservation: the seats come back', async () => {
  const show = await musical.register(oneNight({ VIP: 10 }));
  const reservationId = randomUUID();
  await service.store.query(
    `INSERT INTO intent (reservation_id, customer_id, fingerprint, correlation_id, traceparent) VALUES ($1, 'alice', '', 'c', '')`,
    [reservationId],
  );
  await musical.hold(reservationId, { musicalId: show.id, seats: 3 }, alice);
  expect(await free(show)).toBe(7);

  await service.store.query(`UPDATE intent SET claimed_at = now() - interval '61 s' WHERE reservation_id = $1`, [
    reservationId,
  ]);
  await becomesFree(show, 10);
}, 90_000);

test('musical frozen: 503 at once or after a moment, and once it is thawed nothing stays held', async () => {
  const show = await musical.register(oneNight({ VIP: 10 }));
  const earlier = await service.store.query<{ id: string }>(`SELECT reservation_id AS id FROM intent`);
  const before = new Set(earlier.map(({ id }) => id));
  musical.signal('SIGSTOP');
  const answers = await Promise.all([reserve(show), reserve(show), reserve(show)]);
  musical.signal('SIGCONT');

  for (const { status, body, headers } of answers) {
    expect([status, body.type]).toEqual([503, 'urn:outerpark:problem:seat-check-unavailable']);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
  // Each ends there by its event: a hold that comes after that is refused.
  const asked = await service.store.query<{ id: string }>(
    `SELECT reservation_id AS id FROM intent WHERE state = 'abandoned'`,
  );
  const ids = asked.map(({ id }) => id).filter((id) => !before.has(id));
  expect(ids).toHaveLength(3);
  await eventually(async () => expect(await musical.holds(ids)).toEqual(Array(3).fill('released')), patience);
  expect(await free(show)).toBe(10);
  expect((await reserve(show, 1)).status).toBe(201);
}, 90_000);
