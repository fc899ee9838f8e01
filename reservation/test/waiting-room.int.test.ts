import { randomUUID } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import supertest from 'supertest';
import { oneNight, startMusicalProcess, type MusicalProcess } from './musical-process';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.stop());

const reserve = (service: ReservationService, token: string, body: object, key: string = randomUUID()) =>
  service.api
    .post('/api/reservations')
    .set({ authorization: token, 'idempotency-key': key })
    .send(body)
    .then((answer) => answer);

describe('when musical sends the customer to its waiting room', () => {
  const refusal = {
    ...{ type: 'urn:outerpark:problem:waiting-room', title: '', status: 429, performanceId: musicalId },
    ...{ position: 12, ahead: 7, expectedWaitSeconds: 3 },
  };
  let service: ReservationService;
  beforeAll(async () => {
    service = await startReservationService({ BREAKER_VOLUME: '3' }, issuer);
  });
  afterAll(() => service.stop());

  test('the refusal is passed on, nothing waits to be released, and the breaker stays closed', async () => {
    const alice = await service.token('alice');
    service.musical.is({ kind: 'answer', status: 429, body: refusal, headers: { 'retry-after': '3' } });
    for (let n = 0; n < 10; n++) {
      const { status, body, headers } = await reserve(service, alice, { musicalId, seats: 1 });
      expect({ status, body }).toMatchObject({
        status: 429,
        body: { ...refusal, title: expect.any(String) as string },
      });
      expect(headers['retry-after']).toBe('3');
    }
    expect(service.musical.requests).toHaveLength(10);
    for (const waited of service.musical.waited) expect(waited).toMatch(/^\d+$/);
    const states = await service.store.query<{ state: string }>('SELECT DISTINCT state FROM intent');
    expect(states).toEqual([{ state: 'refused' }]);
    expect(await service.store.query(`SELECT 1 FROM outbox`)).toEqual([]);
  });

  test('the key stays free: the same request gets its seats when its turn has come', async () => {
    const alice = await service.token('alice');
    const key = randomUUID();
    service.musical.is({ kind: 'answer', status: 429, body: refusal });
    expect((await reserve(service, alice, { musicalId, seats: 1 }, key)).status).toBe(429);
    service.musical.is({ kind: 'hold' });
    expect((await reserve(service, alice, { musicalId, seats: 1 }, key)).status).toBe(201);
  });
});

describe('with the real musical', () => {
  let musical: MusicalProcess;
  let service: ReservationService;
  beforeAll(async () => {
    musical = await startMusicalProcess(issuer);
    service = await startReservationService({ MUSICAL_URL: musical.url, MUSICAL_TIMEOUT_MS: '5000' }, issuer);
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await musical.stop();
  });

  test('who joins and waits for the turn reserves by the same request that was refused before', async () => {
    const [alice, boss] = [await service.token('alice'), await service.token('boss', ['admin'])];
    const show = await musical.register(oneNight({ VIP: 10 }));
    const performanceId = show.performances[0]!.id;
    const api = supertest(musical.url);
    await api
      .put(`/api/admin/waiting-rooms/${performanceId}`)
      .set('authorization', boss)
      .send({ mode: 'on' })
      .expect(200);

    const key = randomUUID();
    const wanted = { performanceId, lines: [{ grade: 'VIP', seats: 2 }] };
    const refused = await reserve(service, alice, wanted, key);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ performanceId, position: null });

    const pass = () => api.post(`/api/performances/${performanceId}/waiting-room`).set('authorization', alice);
    await eventually(async () => expect((await pass()).body).toMatchObject({ position: 1, admitted: true }));
    expect((await reserve(service, alice, wanted, key)).status).toBe(201);
    expect(await musical.free(show)).toEqual({ VIP: 8 });
  });
});
