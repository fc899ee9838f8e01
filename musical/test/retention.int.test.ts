import { randomUUID } from 'node:crypto';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { ended, heldIn, oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

let musical: TestMusical;
beforeAll(async () => {
  musical = await startTestMusical({ ROLES: 'http,worker', RETENTION_EVERY_MS: '20' });
});
afterAll(() => musical.stop());

test('a tombstone refuses the late hold for a week; a released hold stays for good', async () => {
  const { performances } = await musical.musical(oneNight({ VIP: 10 }));
  const wanted = { performanceId: performances[0]!.id, lines: [{ grade: 'VIP', seats: 3 }] };
  const released = heldIn(await musical.hold(wanted));
  const [young, old] = [randomUUID(), randomUUID()];
  await musical.feed(
    ended('Cancelled', released),
    ...[young, old].map((reservationId) => ended('Abandoned', { reservationId })),
  );
  const age = (id: string, by: string) =>
    musical.store.query(`UPDATE hold SET created_at = created_at - $2::interval WHERE reservation_id = $1`, [id, by]);
  const holds = async () =>
    (await musical.store.query<{ id: string }>('SELECT reservation_id AS id FROM hold')).map(({ id }) => id);

  await age(released.reservationId, '1 year');
  await age(young, '6 days 23 hours');
  await age(old, '7 days 1 hour');
  await eventually(async () => expect(await holds()).not.toContain(old));
  expect((await holds()).sort()).toEqual([released.reservationId, young].sort());
  const late = await musical.hold(wanted, { id: young });
  expect([late.status, problemOf(late)]).toEqual([409, 'hold-ended']);
});

test('a place in a waiting room is remembered for a week', async () => {
  const { performances } = await musical.musical(oneNight({ VIP: 10 }));
  const performanceId = performances[0]!.id;
  await musical.store.query(
    `INSERT INTO waiting_pass (performance_id, customer_id, position, joined_at)
     VALUES ($1, 'old', 1, now() - interval '7 days 1 hour'), ($1, 'young', 2, now() - interval '6 days 23 hours')`,
    [performanceId],
  );
  await eventually(async () => {
    const left = await musical.store.query('SELECT customer_id AS id FROM waiting_pass');
    expect(left).toEqual([{ id: 'young' }]);
  });
});
