import { randomUUID } from 'node:crypto';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { startServiceProcess, type ServiceProcess } from '@outerpark/chassis/testing/service-process';
import supertest from 'supertest';
import { oneNight, startMusicalProcess, type MusicalProcess } from './musical-process';
import { startReservationService, type ReservationService } from './reservation-service';

let issuer: TestIssuer;
let musical: MusicalProcess;
let secondMusical: ServiceProcess;
let service: ReservationService;
let replicas: ServiceProcess[];
beforeAll(async () => {
  issuer = await startTestIssuer();
  musical = await startMusicalProcess(issuer);
  secondMusical = await startServiceProcess('musical', musical.env);
  // Makes the database, and looks into it.
  service = await startReservationService({}, issuer);
  const env = {
    ROLES: 'http',
    KAFKA_BROKERS: '127.0.0.1:1',
    OIDC_ISSUER: issuer.issuer,
    DATABASE_URL: service.databaseUrl,
    MUSICAL_URL: `${musical.url},${secondMusical.url}`,
    // The machine is busy here, and slowness is not what is tested.
    MUSICAL_TIMEOUT_MS: '20000',
  };
  replicas = await Promise.all([1, 2].map(() => startServiceProcess('reservation', env)));
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await service.stop();
  await secondMusical.stop();
  await musical.stop();
  await issuer.stop();
});

test('a hundred customers, two processes of each service, ten seats: ten reservations', async () => {
  const show = await musical.register(oneNight({ VIP: 10 }));
  const tokens = await Promise.all(Array.from({ length: 100 }, (_, n) => service.token(`customer ${n}`)));
  const answers = await Promise.all(
    tokens.map((authorization, n) =>
      supertest(replicas[n % 2]!.url)
        .post('/api/reservations')
        .set({ authorization, 'idempotency-key': randomUUID() })
        .send({ musicalId: show.id, seats: 1 }),
    ),
  );

  const outcomes = answers.map(({ status, body }) => (status === 201 ? 'reserved' : String(body.type)));
  expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'urn:outerpark:problem:seats-unavailable')).toHaveLength(90);
  expect(await musical.free(show)).toEqual({ VIP: 0 });

  const stored = await service.store.query(`SELECT id FROM reservation WHERE musical_id = $1`, [show.id]);
  expect(stored).toHaveLength(10);
  const published = await service.store.query<{ type: string; count: number }>(
    `SELECT headers->>'ce_type' AS type, count(*)::int AS count FROM outbox WHERE topic = 'reservation.events' GROUP BY 1`,
  );
  expect(published).toEqual([{ type: 'SeatsReserved', count: 10 }]);
}, 60_000);

test('one customer, one key, both processes at once: one reservation', async () => {
  const show = await musical.register(oneNight({ VIP: 10 }));
  const headers = { authorization: await service.token('alice'), 'idempotency-key': randomUUID() };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      supertest(replicas[n % 2]!.url)
        .post('/api/reservations')
        .set(headers)
        .send({ musicalId: show.id, seats: 1 }),
    ),
  );
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(new Set(answers.flatMap(({ status, body }) => (status === 201 ? [body.id as string] : []))).size).toBe(1);
  expect(await musical.free(show)).toEqual({ VIP: 9 });
});
