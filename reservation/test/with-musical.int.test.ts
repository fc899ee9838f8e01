import { randomUUID } from 'node:crypto';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { reservation } from '@outerpark/contracts/http/reservations';
import { inDays, oneNight, startMusicalProcess, type MusicalProcess } from './musical-process';
import { startReservationService, type ReservationService } from './reservation-service';

let issuer: TestIssuer;
let musical: MusicalProcess;
let service: ReservationService;
let alice: string;
beforeAll(async () => {
  issuer = await startTestIssuer();
  musical = await startMusicalProcess(issuer);
  service = await startReservationService({ MUSICAL_URL: musical.url, MUSICAL_TIMEOUT_MS: '5000' }, issuer);
  alice = await service.token('alice');
}, 60_000);
afterAll(async () => {
  await service.stop();
  await musical.stop();
  await issuer.stop();
});

const reserve = (body: object, key: string = randomUUID(), token = alice) =>
  service.api
    .post('/api/reservations')
    .set({ authorization: token, 'idempotency-key': key })
    .send(body)
    .then((answer) => answer);
const nameOf = ({ body }: { body: { type?: string } }) => body.type?.replace('urn:outerpark:problem:', '');

test('ten of a hundred: what musical says of them is the reservation, and its event', async () => {
  const show = await musical.register(oneNight({ VIP: 100 }));
  const answer = await reserve({ musicalId: show.id, seats: 10 });

  expect(answer.status).toBe(201);
  const reserved = reservation.parse(answer.body);
  expect(reserved).toMatchObject({
    musicalId: show.id,
    musical: 'Hadestown',
    performanceId: show.performances[0]!.id,
    startsAt: show.performances[0]!.startsAt,
    lines: [{ gradeId: show.performances[0]!.grades[0]!.id, grade: 'VIP', seats: 10, price: 50_000 }],
    seats: 10,
    price: 500_000,
    status: 'awaiting_payment',
  });
  expect(await musical.free(show)).toEqual({ VIP: 90 });

  const { id, status: _status, version: _version, ...data } = reserved;
  expect(await service.published(id)).toEqual([
    { type: 'SeatsReserved', version: 1, data: { reservationId: id, customerId: 'alice', ...data } },
  ]);
  expect((await service.api.get(`/api/reservations/${id}`).set('authorization', alice)).body).toEqual(reserved);
});

test('lines of several grades are one reservation, all of them or none', async () => {
  const show = await musical.register(oneNight({ VIP: 5, R: 5 }));
  const performanceId = show.performances[0]!.id;
  const lines = (vip: number, r: number) => [
    { grade: 'R', seats: r },
    { grade: 'VIP', seats: vip },
  ];
  expect((await reserve({ performanceId, lines: lines(1, 2) })).body).toMatchObject({ seats: 3, price: 150_000 });

  const refused = await reserve({ performanceId, lines: lines(5, 1) });
  expect([refused.status, nameOf(refused)]).toEqual([409, 'seats-unavailable']);
  expect(refused.body).toMatchObject({ free: 4, grade: 'VIP' });
  expect(await musical.free(show)).toEqual({ VIP: 4, R: 3 });
});

test('what is not there is not found, and of several one has to be chosen', async () => {
  const show = await musical.register(oneNight({ VIP: 5, R: 5 }));
  const balcony = { performanceId: show.performances[0]!.id, lines: [{ grade: 'Balcony', seats: 1 }] };
  for (const unknown of [{ musicalId: randomUUID(), seats: 1 }, balcony]) {
    const answer = await reserve(unknown);
    expect([answer.status, nameOf(answer)]).toEqual([404, 'not-found']);
  }
  const answer = await reserve({ musicalId: show.id, seats: 1 });
  expect([answer.status, nameOf(answer)]).toEqual([409, 'choose-performance']);
});

test('the deadline never lies behind the beginning of the performance', async () => {
  const soon = new Date(Date.now() + 30_000).toISOString();
  const show = await musical.register(oneNight({ VIP: 5 }, soon));
  expect((await reserve({ musicalId: show.id, seats: 1 })).body).toMatchObject({ paymentDeadline: soon });
});

test('under a key the answer is the same to the letter, be it a reservation or a refusal', async () => {
  const show = await musical.register(oneNight({ VIP: 5 }));
  for (const seats of [3, 4]) {
    const key = randomUUID();
    const first = await reserve({ musicalId: show.id, seats }, key);
    const again = await reserve({ seats, musicalId: show.id }, key);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
  }
  expect(await musical.free(show)).toEqual({ VIP: 2 });
});

test('after a day the key is new', async () => {
  const [show, key] = [await musical.register(oneNight({ VIP: 5 })), randomUUID()];
  const first = await reserve({ musicalId: show.id, seats: 1 }, key);
  await service.store.query(`UPDATE intent SET created_at = created_at - interval '24 hours' WHERE key = $1`, [key]);
  const next = await reserve({ musicalId: show.id, seats: 2 }, key);
  expect(next.status).toBe(201);
  expect(next.body.id).not.toBe(first.body.id);
  expect(await musical.free(show)).toEqual({ VIP: 2 });
});

test('how a customer is reached is told again when it changes, and not at all when it is no address', async () => {
  const show = await musical.register(oneNight({ VIP: 100 }, inDays(5)));
  const reserveAs = async (claims: object) => {
    const token = `Bearer ${await issuer.token({ sub: 'carol', ...claims })}`;
    expect((await reserve({ musicalId: show.id, seats: 1 }, randomUUID(), token)).status).toBe(201);
  };
  await reserveAs({});
  await reserveAs({ email: 'not an address' });
  await reserveAs({ email: 'c@example.com', email_verified: false });
  await reserveAs({ email: 'c@example.com', locale: 'en' });
  await reserveAs({ email: 'c@example.com', locale: 'ko' });

  const contacts = await service.store.query<{ body: string }>(
    `SELECT body FROM outbox WHERE topic = 'customer.contacts' AND subject = 'carol' ORDER BY seq`,
  );
  expect(contacts.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { email: 'c@example.com', locale: 'en' },
    { email: 'c@example.com', locale: 'ko' },
  ]);
});
