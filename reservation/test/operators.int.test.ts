import { randomUUID } from 'node:crypto';
import type { AttentionItem } from '@outerpark/contracts/http/operators';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';

let service: ReservationService;
beforeAll(async () => {
  // Nothing mends itself here, so that it stays to be seen.
  service = await startReservationService({ ROLES: 'http' });
});
afterAll(() => service.stop());

const reserve = async (): Promise<Reservation> =>
  (
    await service.api
      .post('/api/reservations')
      .set('authorization', await service.token('alice'))
      .send({ musicalId, seats: 2 })
      .expect(201)
  ).body as Reservation;

const attention = async (subject: string): Promise<AttentionItem | undefined> => {
  const answer = await service.api
    .get('/api/admin/attention?limit=200')
    .set('authorization', await service.token('root', ['admin']))
    .expect(200);
  return (answer.body as { items: AttentionItem[] }).items.find((item) => item.subject === subject);
};

const act = async (action: string, reason = 'a call') =>
  service.api
    .post(`/api/admin/attention/${action}`)
    .set('authorization', await service.token('root', ['admin']))
    .send({ reason });

const trail = (subject: string) =>
  service.store.query('SELECT operator, action, kind, reason, outcome FROM operator_action WHERE subject = $1', [
    subject,
  ]);

const set = (id: string, changes: string) =>
  service.store.query(`UPDATE reservation SET ${changes} WHERE id = $1`, [id]);

test.each([
  ['reservation', 'payment_deadline = now() - $', 40, 61, /deadline has passed/],
  [
    'saga',
    `status = 'cancelled', ended_at = now() - $`,
    59,
    61,
    /cancelled, and SeatsReleased and PaymentCancelled is/,
  ],
  ['saga', `status = 'expired', seats_released_at = now(), ended_at = now() - $`, 40, 61, /, and PaymentCancelled is/],
])('a %s that is stuck (%s) is seen, and not before its time', async (kind, changes, early, late, what) => {
  const { id } = await reserve();
  const before = (seconds: number) => set(id, changes.replace('$', `interval '${seconds} seconds'`));
  await before(early);
  expect(await attention(id)).toBeUndefined();
  await before(late);
  expect(await attention(id)).toMatchObject({ kind, what: expect.stringMatching(what) as string });
});

test('an intent that nobody closes is seen a minute after its limit', async () => {
  const intent = randomUUID();
  await service.store.query(
    `INSERT INTO intent (reservation_id, customer_id, fingerprint, correlation_id, traceparent, claimed_at)
     VALUES ($1, 'alice', '', '', '', now() - interval '100 seconds')`,
    [intent],
  );
  expect(await attention(intent)).toBeUndefined();
  await service.store.query(`UPDATE intent SET claimed_at = now() - interval '121 seconds' WHERE reservation_id = $1`, [
    intent,
  ]);
  expect(await attention(intent)).toMatchObject({ kind: 'intent', actions: ['release'] });

  await expect(act(`intent/${intent}/release`)).resolves.toMatchObject({ status: 200 });
  expect(await attention(intent)).toBeUndefined();
  expect(await service.published(intent)).toMatchObject([
    { type: 'ReservationAbandoned', version: 1, data: { reservationId: intent, customerId: 'alice' } },
  ]);
});

describe.each(['hold/release', 'payment/refund'])('%s', (action) => {
  const [kind, name] = action.split('/') as [string, string];
  const doIt = (id: string) => act(`${kind}/${id}/${name}`);

  test('of a live reservation is refused: it has to be cancelled', async () => {
    const { id } = await reserve();
    for (const status of ['awaiting_payment', 'confirmed']) {
      await set(id, `status = '${status}'`);
      const { status: answered, body } = await doIt(id);
      expect([answered, body.type]).toEqual([409, 'urn:outerpark:problem:reservation-live']);
      expect(body.detail).toContain('cancel it');
    }
    expect((await service.published(id)).map(({ type }) => type)).toEqual(['SeatsReserved']);
    expect(await trail(id)).toMatchObject(
      [
        { operator: 'root', action: name, kind, outcome: expect.stringMatching(/^refused: .* confirmed/) as string },
        { outcome: expect.stringMatching(/^refused: .* awaiting_payment/) as string },
      ].reverse(),
    );
  });

  test('of one that has ended says so once more, as its next event', async () => {
    const { id } = await reserve();
    await set(id, `status = 'expired', version = 2, ended_at = now()`);
    await expect(doIt(id)).resolves.toMatchObject({ status: 200, body: { outcome: 'told that it is expired' } });
    expect(await service.published(id)).toMatchObject([
      { type: 'SeatsReserved', version: 1 },
      { type: 'ReservationAbandoned', version: 3, data: { customerId: 'alice' } },
    ]);
    expect(await service.store.query('SELECT version FROM reservation WHERE id = $1', [id])).toEqual([{ version: 3 }]);
    expect(await trail(id)).toEqual([
      { operator: 'root', action: name, kind, reason: 'a call', outcome: 'told that it is expired' },
    ]);
  });

  test('of one that was never made says that, and no late request makes it', async () => {
    const id = randomUUID();
    await expect(doIt(id)).resolves.toMatchObject({ status: 200 });
    await expect(doIt(id)).resolves.toMatchObject({ status: 200 });
    expect(await service.published(id)).toMatchObject([
      { type: 'ReservationAbandoned', version: 1 },
      { type: 'ReservationAbandoned', version: 2 },
    ]);
    expect(await service.store.query('SELECT state FROM intent WHERE reservation_id = $1', [id])).toEqual([
      { state: 'refused' },
    ]);
  });

  test('of one that is just being made is refused', async () => {
    const id = randomUUID();
    await service.store.query(
      `INSERT INTO intent (reservation_id, customer_id, fingerprint, correlation_id, traceparent) VALUES ($1, 'alice', '', '', '')`,
      [id],
    );
    await expect(doIt(id)).resolves.toMatchObject({ status: 409 });
    expect(await service.published(id)).toEqual([]);
  });

  test('of what is no id is not found', async () => {
    await expect(doIt('nobody')).resolves.toMatchObject({ status: 404 });
  });
});
