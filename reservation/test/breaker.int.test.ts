import { eventually } from '@outerpark/chassis/testing/eventually';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';

let service: ReservationService;
let alice: string;

beforeAll(async () => {
  service = await startReservationService({ BREAKER_VOLUME: '3', BREAKER_RESET_MS: '300' });
  alice = await service.token('alice');
});
afterAll(() => service.stop());

const reserve = () =>
  service.api
    .post('/api/reservations')
    .set('authorization', alice)
    .send({ musicalId, seats: 1 })
    .then((answer) => answer);

test('the breaker opens on faults and not on refusals, asks nobody while it is open, and closes again', async () => {
  const refusal = { type: 'urn:outerpark:problem:seats-unavailable', title: '', status: 409, free: 0 };
  service.musical.is({ kind: 'answer', status: 409, body: refusal });
  for (let i = 0; i < 10; i++) expect((await reserve()).status).toBe(409);

  service.musical.is({ kind: 'answer', status: 500, body: {} });
  await eventually(async () => {
    const asked = service.musical.requests.length;
    const answer = await reserve();
    expect(answer.status).toBe(503);
    expect(service.musical.requests).toHaveLength(asked);
    expect(answer.body.type).toBe('urn:outerpark:problem:seat-check-unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  service.musical.is({ kind: 'hold' });
  await eventually(async () => expect((await reserve()).status).toBe(201));
  expect((await reserve()).status).toBe(201);

  // What was refused by the breaker was never asked for, so there is nothing to abandon for it.
  const [row] = await service.store.query<{ open: number; abandoned: number }>(
    `SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'abandoned') AS abandoned FROM intent`,
  );
  expect(row!.open).toBe(0);
  expect(row!.abandoned).toBe(service.musical.requests.length - 10 - 2);
});
