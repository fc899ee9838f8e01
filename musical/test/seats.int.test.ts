import { randomUUID } from 'node:crypto';
import { seats } from '@outerpark/contracts/http/musicals';
import request from 'supertest';
import { ended, heldIn, inDays, oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

let service: TestMusical;
beforeAll(async () => {
  service = await startTestMusical();
});
afterAll(() => service.stop());

const ask = async (query: string, token?: string) =>
  request(service.url)
    .get(`/api/admin/seats${query}`)
    .auth(token ?? (await service.admin()), { type: 'bearer' });

const seatsOf = async (musicalId: string) => {
  const answer = await ask(`?musicalId=${musicalId}`);
  expect(answer.status).toBe(200);
  return seats.parse(answer.body).items;
};
const numbers = async (musicalId: string) =>
  (await seatsOf(musicalId)).map(({ grade, capacity, free, held, sold }) => [grade, capacity, free, held, sold]);

test('every grade says what of it is free, held and sold', async () => {
  const musical = await service.musical(oneNight({ VIP: 10, R: 20 }));
  const performanceId = musical.performances[0]!.id;
  const hold = async (...lines: { grade: string; seats: number }[]) =>
    heldIn(await service.hold({ performanceId, lines })).reservationId;
  expect(await numbers(musical.id)).toEqual([
    ['VIP', 10, 10, 0, 0],
    ['R', 20, 20, 0, 0],
  ]);

  const sold = await hold({ grade: 'VIP', seats: 3 }, { grade: 'R', seats: 4 });
  const given = await hold({ grade: 'VIP', seats: 1 });
  await hold({ grade: 'R', seats: 2 });
  await service.feed(ended('Confirmed', { reservationId: sold, performanceId }));
  await service.feed(ended('Cancelled', { reservationId: given, performanceId }));
  expect(await numbers(musical.id)).toEqual([
    ['VIP', 10, 7, 0, 3],
    ['R', 20, 14, 2, 4],
  ]);

  await request(service.url)
    .patch(`/api/musicals/${musical.id}/grades/${musical.performances[0]!.grades[0]!.id}`)
    .auth(await service.admin(), { type: 'bearer' })
    .send({ capacity: 3 })
    .expect(200);
  expect(await numbers(musical.id)).toEqual([
    ['VIP', 3, 0, 0, 3],
    ['R', 20, 14, 2, 4],
  ]);
});

test('performances and grades come in the order in which they were registered, none of another musical', async () => {
  await service.musical(oneNight({ Other: 1 }));
  const musical = await service.musical({
    name: 'Hedwig',
    performances: ['B', 'A'].map((venue, index) => ({
      startsAt: inDays(9 - index),
      venue,
      grades: ['S', 'A'].map((name) => ({ name, price: 10_000, seats: 5 })),
    })),
  });
  const { performances } = musical;
  expect(await seatsOf(musical.id)).toEqual(
    performances.flatMap(({ id, startsAt, venue, grades }) =>
      grades.map((grade) => ({
        ...{ musicalId: musical.id, musical: 'Hedwig', performanceId: id, startsAt, venue },
        ...{ gradeId: grade.id, grade: grade.name, price: 10_000, capacity: 5, free: 5, held: 0, sold: 0 },
      })),
    ),
  );
});

test('what is asked badly is told', async () => {
  expect(problemOf(await ask(`?musicalId=${randomUUID()}`))).toBe('not-found');
  for (const [query, message] of [
    ['', 'Is required'],
    ['?musicalId=hedwig', expect.stringContaining('UUID')],
  ] as [string, unknown][]) {
    const { status, body } = await ask(query);
    expect([status, (body as { errors: unknown }).errors]).toEqual([400, [{ path: 'musicalId', message }]]);
  }
});

test('it is for admins', async () => {
  await request(service.url).get('/api/admin/seats').expect(401);
  expect((await ask(`?musicalId=${randomUUID()}`, await service.tokenOf('alice'))).status).toBe(403);
});
