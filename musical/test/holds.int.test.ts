import { randomUUID } from 'node:crypto';
import type { WantedSeats } from '@outerpark/contracts/http/holds';
import request from 'supertest';
import { ended, heldIn, inDays, oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

let musical: TestMusical;
beforeAll(async () => {
  musical = await startTestMusical();
});
afterAll(() => musical.stop());

/** A performance with these grades; gives its ids. */
const performance = async (grades: Record<string, number>, options: { maxPerCustomer?: number } = {}) => {
  const { id, performances } = await musical.musical(oneNight(grades, options));
  return { musicalId: id, performanceId: performances[0]!.id };
};
const lines = (seats: Record<string, number>) =>
  Object.entries(seats).map(([grade, count]) => ({ grade, seats: count }));
const refused = ({ status, body }: { status: number; body: unknown }) => [status, problemOf({ body })];

describe('holding seats', () => {
  test('takes them and answers what they are and cost', async () => {
    const { musicalId, performanceId } = await performance({ VIP: 10, R: 10 });
    const id = randomUUID();
    const answer = await musical.hold({ performanceId, lines: lines({ VIP: 2, R: 3 }) }, { id });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      reservationId: id,
      musicalId,
      musical: 'Hadestown',
      performanceId,
      venue: 'Charlotte Theater',
      lines: [
        { grade: 'VIP', seats: 2, price: 50_000 },
        { grade: 'R', seats: 3, price: 50_000 },
      ],
      seats: 5,
      price: 250_000,
    });
    expect(await musical.seats(performanceId)).toEqual({ VIP: 8, R: 7 });
  });

  test('a musical with one performance and one grade is enough to say', async () => {
    const { musicalId, performanceId } = await performance({ VIP: 10 });
    expect(heldIn(await musical.hold({ musicalId, seats: 4 }))).toMatchObject({ performanceId, seats: 4 });
    expect(await musical.seats(performanceId)).toEqual({ VIP: 6 });
  });

  test('is all or nothing over the grades', async () => {
    const { performanceId } = await performance({ VIP: 10, R: 2 });
    const answer = await musical.hold({ performanceId, lines: lines({ VIP: 3, R: 3 }) });
    expect(refused(answer)).toEqual([409, 'seats-unavailable']);
    expect(answer.body).toMatchObject({ grade: 'R', free: 2 });
    expect(await musical.seats(performanceId)).toEqual({ VIP: 10, R: 2 });
  });

  test('of the last seats is exact', async () => {
    const { performanceId } = await performance({ VIP: 10 });
    const answers = [];
    for (const seats of [4, 7, 6, 1]) answers.push(await musical.hold({ performanceId, lines: lines({ VIP: seats }) }));
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 200, 409]);
    expect([answers[1]!.body, answers[3]!.body]).toMatchObject([{ free: 6 }, { free: 0 }]);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 0 });
  });

  test('for the same reservation again, also at once and in capitals, takes no more', async () => {
    const { performanceId } = await performance({ VIP: 10 });
    const wanted = { performanceId, lines: lines({ VIP: 3 }) };
    const id = randomUUID();
    const first = await musical.hold(wanted, { id });
    const again = await Promise.all([id, id, id.toUpperCase()].map((same) => musical.hold(wanted, { id: same })));
    for (const answer of again) expect(answer.body).toEqual(first.body);

    const fresh = randomUUID();
    const together = await Promise.all(Array.from({ length: 10 }, () => musical.hold(wanted, { id: fresh })));
    expect(together.map(({ status }) => status)).toEqual(together.map(() => 200));
    expect(await musical.seats(performanceId)).toEqual({ VIP: 4 });
  });

  test("under another customer's reservation is refused", async () => {
    const { performanceId } = await performance({ VIP: 10 });
    const wanted = { performanceId, lines: lines({ VIP: 3 }) };
    const id = randomUUID();
    await musical.hold(wanted, { id });
    expect(refused(await musical.hold(wanted, { id, by: 'bob' }))).toEqual([409, 'hold-ended']);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 7 });
  });

  test('of a musical with several performances or grades asks to choose', async () => {
    const grades = [{ name: 'VIP', price: 1, seats: 5 }];
    const performances = [1, 2].map((day) => ({ startsAt: inDays(day), venue: 'A', grades }));
    const { id } = await musical.musical({ name: 'Hadestown', performances });
    expect(refused(await musical.hold({ musicalId: id, seats: 1 }))).toEqual([409, 'choose-performance']);

    const { musicalId } = await performance({ VIP: 5, R: 5 });
    expect(refused(await musical.hold({ musicalId, seats: 1 }))).toEqual([409, 'choose-performance']);
  });

  test('of what is not there is refused', async () => {
    const { performanceId } = await performance({ VIP: 5 });
    for (const wanted of [
      { musicalId: randomUUID(), seats: 1 },
      { performanceId: randomUUID(), lines: lines({ VIP: 1 }) },
      { performanceId, lines: lines({ VIP: 1, Balcony: 1 }) },
    ]) {
      expect(refused(await musical.hold(wanted))).toEqual([404, 'not-found']);
    }
    expect(await musical.seats(performanceId)).toEqual({ VIP: 5 });
  });

  test('of a performance that has begun is refused', async () => {
    const { performanceId } = await performance({ VIP: 5 });
    await musical.store.query(`UPDATE performance SET starts_at = now() - interval '1 minute' WHERE id = $1`, [
      performanceId,
    ]);
    expect(refused(await musical.hold({ performanceId, lines: lines({ VIP: 1 }) }))).toEqual([409, 'performance-over']);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 5 });
  });

  test('needs a token', async () => {
    const { performanceId } = await performance({ VIP: 5 });
    const answer = await request(musical.url)
      .post('/internal/holds')
      .send({ reservationId: randomUUID(), wanted: { performanceId, lines: lines({ VIP: 1 }) } });
    expect(refused(answer)).toEqual([401, 'unauthenticated']);
  });

  test.each<[string, (performanceId: string) => object]>([
    ['no seats', (performanceId) => ({ performanceId, lines: [] })],
    ['zero seats', (performanceId) => ({ performanceId, lines: lines({ VIP: 0 }) })],
    ['negative seats', (performanceId) => ({ performanceId, lines: lines({ VIP: -1 }) })],
    ['fractional seats', (performanceId) => ({ performanceId, lines: lines({ VIP: 1.5 }) })],
    ['huge seats', (performanceId) => ({ performanceId, lines: lines({ VIP: 1e12 }) })],
    ['huge seats in sum', (performanceId) => ({ performanceId, lines: lines({ VIP: 60_000, R: 60_000 }) })],
    ['seats in words', (performanceId) => ({ performanceId, lines: [{ grade: 'VIP', seats: 'one' }] })],
    ['a grade twice', (performanceId) => ({ performanceId, lines: [...lines({ VIP: 1 }), ...lines({ VIP: 1 })] })],
    ['a musical and a performance', (id) => ({ musicalId: id, performanceId: id, seats: 1 })],
    ['an id that is none', () => ({ performanceId: 'x', lines: lines({ VIP: 1 }) })],
    ['nothing', () => ({})],
  ])('%s cannot be held', async (_, wanted) => {
    const { performanceId } = await performance({ VIP: 5, R: 5 });
    const answer = await musical.hold(wanted(performanceId) as WantedSeats);
    expect(refused(answer)).toEqual([400, 'invalid-request']);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 5, R: 5 });
  });
});

describe('with a limit for each customer', () => {
  test('all live holds of a customer count, and what is given back may be taken again', async () => {
    const { performanceId } = await performance({ VIP: 20, R: 20 }, { maxPerCustomer: 4 });
    const hold = (seats: Record<string, number>, by = 'alice') =>
      musical.hold({ performanceId, lines: lines(seats) }, { by });

    const first = heldIn(await hold({ VIP: 2, R: 1 }));
    const over = await hold({ VIP: 2 });
    expect(refused(over)).toEqual([409, 'customer-limit-reached']);
    expect(over.body).toMatchObject({ maxPerCustomer: 4 });
    expect((await hold({ R: 4 }, 'bob')).status).toBe(200);

    await musical.feed(ended('Expired', first));
    expect((await hold({ VIP: 4 })).status).toBe(200);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 16, R: 16 });
  });

  test('more than the limit at once is refused at the first request', async () => {
    const { performanceId } = await performance({ VIP: 20 }, { maxPerCustomer: 4 });
    expect(refused(await musical.hold({ performanceId, lines: lines({ VIP: 5 }) }))).toEqual([
      409,
      'customer-limit-reached',
    ]);
  });

  test('it holds for requests at once', async () => {
    const { performanceId } = await performance({ VIP: 100 }, { maxPerCustomer: 4 });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        musical.hold({ performanceId, lines: lines({ VIP: 1 }) }, { by: ['alice', 'bob', 'carol'][n % 3]! }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(12);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 88 });
  });

  test('seats that were refused for another reason do not count', async () => {
    const { performanceId } = await performance({ VIP: 1, R: 9 }, { maxPerCustomer: 4 });
    expect(refused(await musical.hold({ performanceId, lines: lines({ VIP: 2, R: 2 }) }))).toEqual([
      409,
      'seats-unavailable',
    ]);
    expect((await musical.hold({ performanceId, lines: lines({ R: 4 }) })).status).toBe(200);
  });
});
