import { randomUUID } from 'node:crypto';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Page } from '@outerpark/contracts/http/paging';
import request from 'supertest';
import { inDays, oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

let musical: TestMusical;
beforeAll(async () => {
  musical = await startTestMusical();
});
afterAll(() => musical.stop());

const short = { name: 'Hadestown', reservableSeats: 100, price: 50_000 };
const long = (overrides: object = {}, ofGrade: object = {}) => ({
  name: 'Hadestown',
  performances: [
    { startsAt: inDays(3), venue: 'A', grades: [{ name: 'VIP', price: 9, seats: 5, ...ofGrade }], ...overrides },
  ],
});
const list = (query = '') => request(musical.url).get(`/api/musicals${query}`);
const listed = async (query = '') => (await list(query)).body as Page<Musical>;
const idOf = (answer: { body: unknown }) => (answer.body as Musical).id;

describe('registering', () => {
  test('the short form makes one performance with one grade, all seats free, and is published', async () => {
    const answer = await musical.register(short);

    expect(answer.status).toBe(201);
    const registered = answer.body as Musical;
    expect(registered).toMatchObject({ name: 'Hadestown', performances: [{ grades: [{ price: 50_000 }] }] });
    expect(registered.performances[0]!.grades[0]).toMatchObject({ capacity: 100, free: 100 });
    expect(await musical.get(registered.id)).toEqual(registered);
    expect(await musical.published(registered.id)).toMatchObject([
      { type: 'MusicalRegistered', version: 1, data: { musicalId: registered.id, name: 'Hadestown' } },
    ]);
  });

  test('the long form keeps performances and grades in their order', async () => {
    const performances = [
      { startsAt: inDays(9), venue: 'B', maxPerCustomer: 4, grades: [{ name: 'VIP', price: 170_000, seats: 3 }] },
      {
        startsAt: inDays(2),
        venue: 'A',
        grades: [
          { name: 'S', price: 90_000, seats: 1 },
          { name: 'R', price: 140_000, seats: 0 },
        ],
      },
    ];
    const answer = await musical.register({ name: '뮤지컬 하데스타운', performances });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: '뮤지컬 하데스타운',
      performances: performances.map(({ grades, ...performance }) => ({
        maxPerCustomer: null,
        ...performance,
        grades: grades.map(({ name, price, seats }) => ({ name, price, capacity: seats, free: seats })),
      })),
    });
  });

  test('a script in a name is text like any other', async () => {
    const name = `<script>alert("1")</script>'; DROP TABLE musical; --`;
    const answer = await musical.register({ ...short, name });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect((await musical.get(idOf(answer))).name).toBe(name);
  });

  test('only an admin may, and nobody without a token', async () => {
    const before = await listed();
    const post = () => request(musical.url).post('/api/musicals');
    const asCustomer = await post()
      .auth(await musical.tokenOf('alice'), { type: 'bearer' })
      .send(short);
    const forged = await musical.issuer.forged.otherKey({ sub: 'admin', roles: ['admin'] });
    const expired = await musical.issuer.token({ sub: 'admin', roles: ['admin'], expiresIn: '-1m' });

    expect([asCustomer.status, problemOf(asCustomer)]).toEqual([403, 'forbidden']);
    for (const answer of [
      await post().send(short),
      await post().auth(forged, { type: 'bearer' }).send(short),
      await post().auth(expired, { type: 'bearer' }).send(short),
      await post().set('Authorization', 'Basic YTpi').send(short),
    ]) {
      expect([answer.status, problemOf(answer)]).toEqual([401, 'unauthenticated']);
    }
    expect(await listed()).toEqual(before);
  });
});

describe('under an Idempotency-Key', () => {
  const key = () => ({ 'Idempotency-Key': randomUUID() });

  test('the same request again is one musical and the same answer', async () => {
    const headers = key();
    const first = await musical.register(short, headers);
    const again = await musical.register(short, headers);

    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await musical.published(idOf(first))).toHaveLength(1);
  });

  test('at the same time: one is registered, the other waits its turn', async () => {
    const headers = key();
    const answers = await Promise.all([musical.register(short, headers), musical.register(short, headers)]);
    const registered = answers.filter(({ status }) => status === 201);

    expect(registered.length).toBeGreaterThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect([answer.status, problemOf(answer)]).toEqual([409, 'request-in-flight']);
      expect(answer.headers['retry-after']).toBe('1');
    }
    const again = await musical.register(short, headers);
    expect(new Set([...registered, again].map(idOf)).size).toBe(1);
  });

  test('another body is refused', async () => {
    const headers = key();
    await musical.register(short, headers);
    const other = await musical.register({ ...short, price: 1 }, headers);
    expect([other.status, problemOf(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  test('a refusal is given again too, and a forbidden one is not kept', async () => {
    const headers = key();
    const bad = { ...short, price: -1 };
    expect((await musical.register(bad, headers)).status).toBe(400);
    expect((await musical.register(bad, headers)).headers['idempotent-replayed']).toBe('true');

    const post = async () =>
      request(musical.url)
        .post('/api/musicals')
        .auth(await musical.tokenOf('alice'), { type: 'bearer' })
        .set(headers)
        .send(short);
    expect((await post()).status).toBe(403);
    expect((await post()).headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('seeing', () => {
  test('anyone sees the list, newest first, page by page', async () => {
    for (const name of ['one', 'two', 'three', 'four', 'five']) await musical.register({ ...short, name });

    const pages: string[][] = [];
    let next: string | null = '';
    while (next !== null && pages.length < 3) {
      const page: Page<Musical> = await listed(`?limit=2${next && `&cursor=${next}`}`);
      pages.push(page.items.map(({ name }) => name));
      next = page.next;
    }
    expect(pages.flat().slice(0, 5)).toEqual(['five', 'four', 'three', 'two', 'one']);

    const all = await listed('?limit=200');
    expect(all.next).toBeNull();
    const half = await listed(`?limit=${all.items.length}`);
    expect(half.next).toBeNull();
  });

  test.each([
    '?limit=0',
    '?limit=201',
    '?limit=x',
    '?limit=1.5',
    '?cursor=abc',
    '?cursor=WyJ4IiwieSJd',
    '?limit=2&limit=3',
  ])('a list asked for by %s is refused', async (query) => {
    const answer = await list(query);
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
  });

  test.each([randomUUID(), 'no-uuid', '%00', "1'--"])('there is no musical %s', async (id) => {
    const answer = await request(musical.url).get(`/api/musicals/${id}`);
    expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
  });
});

describe('changing the capacity', () => {
  const change = async (id: string, gradeId: string, body: unknown, headers: Record<string, string> = {}) =>
    request(musical.url)
      .patch(`/api/musicals/${id}/grades/${gradeId}`)
      .auth(await musical.admin(), { type: 'bearer' })
      .set(headers)
      .send(body as object);

  /** Ten seats, four of them taken. */
  const fourOfTen = async () => {
    const { id, performances } = await musical.musical(oneNight({ VIP: 10, R: 10 }));
    const [performance] = performances;
    const [vip] = performance!.grades;
    await musical.hold({ performanceId: performance!.id, lines: [{ grade: 'VIP', seats: 4 }] });
    return { id, performanceId: performance!.id, gradeId: vip!.id };
  };

  test('up, down to what is taken, and published each time', async () => {
    const { id, performanceId, gradeId } = await fourOfTen();

    const more = await change(id, gradeId, { capacity: 12 });
    expect(more.status).toBe(200);
    expect((more.body as Musical).performances[0]!.grades[0]).toMatchObject({ capacity: 12, free: 8 });
    const less = await change(id, gradeId, { capacity: 4 });
    expect((less.body as Musical).performances[0]!.grades[0]).toMatchObject({ capacity: 4, free: 0 });

    expect(await musical.seats(performanceId)).toEqual({ VIP: 0, R: 10 });
    expect((await musical.published(id)).slice(1)).toEqual([
      { type: 'SeatsChanged', version: 2, data: { musicalId: id, performanceId, gradeId, capacity: 12, change: 2 } },
      { type: 'SeatsChanged', version: 3, data: { musicalId: id, performanceId, gradeId, capacity: 4, change: -8 } },
    ]);
  });

  test('below what is taken is refused and changes nothing', async () => {
    const { id, performanceId, gradeId } = await fourOfTen();
    const answer = await change(id, gradeId, { capacity: 3 });
    expect([answer.status, problemOf(answer)]).toEqual([409, 'capacity-below-taken']);
    expect(answer.body).toMatchObject({ taken: 4 });
    expect(await musical.seats(performanceId)).toEqual({ VIP: 6, R: 10 });
    expect(await musical.published(id)).toHaveLength(1);
  });

  test('repeated is the same, and no second event', async () => {
    const { id, gradeId } = await fourOfTen();
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await change(id, gradeId, { capacity: 20 }, key);
    expect((await change(id, gradeId, { capacity: 20 }, key)).body).toEqual(first.body);
    expect((await change(id, gradeId, { capacity: 20 })).body).toEqual(first.body);
    expect(await musical.published(id)).toHaveLength(2);
  });

  test('several at once are counted one after the other, while seats are held', async () => {
    const { id, performances } = await musical.musical(oneNight({ VIP: 100, R: 100 }));
    const [{ id: performanceId, grades }] = performances as [Musical['performances'][number]];
    const answers = await Promise.all([
      ...[101, 102, 103].flatMap((capacity) => grades.map((grade) => change(id, grade.id, { capacity }))),
      ...Array.from({ length: 20 }, () => musical.hold({ performanceId, lines: [{ grade: 'R', seats: 2 }] })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const capacity = (await musical.get(id)).performances[0]!.grades[1]!.capacity;
    expect((await musical.seats(performanceId)).R).toBe(capacity - 40);
    const versions = (await musical.published(id)).map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  });

  test("an unknown grade, or another musical's, is not there", async () => {
    const { gradeId } = await fourOfTen();
    const other = await musical.musical(short);
    for (const answer of [
      await change(other.id, gradeId, { capacity: 1 }),
      await change(other.id, randomUUID(), { capacity: 1 }),
      await change(randomUUID(), gradeId, { capacity: 1 }),
      await change(other.id, 'x', { capacity: 1 }),
    ]) {
      expect([answer.status, problemOf(answer)]).toEqual([404, 'not-found']);
    }
  });

  test.each([
    {},
    { capacity: -1 },
    { capacity: 1.5 },
    { capacity: '5' },
    { capacity: 1e9 },
    { capacity: 5, free: 5 },
    [],
  ])('to %j is refused', async (body) => {
    const { id, performanceId, gradeId } = await fourOfTen();
    const answer = await change(id, gradeId, body);
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 6, R: 10 });
  });

  test('as a customer it is forbidden', async () => {
    const { id, gradeId } = await fourOfTen();
    const answer = await request(musical.url)
      .patch(`/api/musicals/${id}/grades/${gradeId}`)
      .auth(await musical.tokenOf('alice'), { type: 'bearer' })
      .send({ capacity: 50 });
    expect([answer.status, problemOf(answer)]).toEqual([403, 'forbidden']);
  });
});

describe('what is no musical', () => {
  const grades = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `g${n}`, price: 1, seats: 1 }));

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a list', []],
    ['no name', { ...short, name: undefined }],
    ['a blank name', { ...short, name: '   ' }],
    ['a long name', { ...short, name: 'x'.repeat(201) }],
    ['a name with a NUL', { ...short, name: 'a\0b' }],
    ['a number for a name', { ...short, name: 7 }],
    ['negative seats', { ...short, reservableSeats: -1 }],
    ['fractional seats', { ...short, reservableSeats: 1.5 }],
    ['huge seats', { ...short, reservableSeats: 1e15 }],
    ['missing seats', { name: 'x', price: 1 }],
    ['a negative price', { ...short, price: -1 }],
    ['a fractional price', { ...short, price: 0.5 }],
    ['a price in words', { ...short, price: '50000' }],
    ['something unknown', { ...short, free: 7 }],
    ['no performances', { name: 'x', performances: [] }],
    ['no grades', long({ grades: [] })],
    ['two grades of one name', long({ grades: [...grades(1), ...grades(1)] })],
    ['two grades of one name but for spaces', long({ grades: [...grades(1), { name: ' g0 ', price: 1, seats: 1 }] })],
    ['too many grades', long({ grades: grades(51) })],
    ['a time in the past', long({ startsAt: inDays(-1) })],
    ['no time', long({ startsAt: 'tomorrow' })],
    ['a day that is none', long({ startsAt: '2030-02-30T10:00:00Z' })],
    ['a limit of nothing', long({ maxPerCustomer: 0 })],
    ['both forms at once', { ...short, ...long() }],
    ['seats in words', long({}, { seats: 'many' })],
  ])('%s', async (_, body) => {
    const before = await listed('?limit=1');
    const answer = await musical.register(body);
    expect([answer.status, problemOf(answer)]).toEqual([400, 'invalid-request']);
    expect((answer.body as { errors: unknown[] }).errors.length).toBeGreaterThan(0);
    expect(await listed('?limit=1')).toEqual(before);
  });

  test.each<[unknown, string[]]>([
    [{ name: ' ', performances: [] }, ['name', 'performances']],
    [long({ venue: undefined, maxPerCustomer: 0 }), ['performances.0.venue', 'performances.0.maxPerCustomer']],
    [long({}, { price: -1, seats: '' }), ['performances.0.grades.0.price', 'performances.0.grades.0.seats']],
    [long({ grades: [...grades(1), ...grades(1)] }), ['performances.0.grades']],
    [long({ startsAt: inDays(-1) }), ['performances.0.startsAt']],
  ])('is told where it is wrong: %j', async (body, paths) => {
    const { errors } = (await musical.register(body)).body as { errors: { path: string }[] };
    expect([...new Set(errors.map(({ path }) => path))]).toEqual(paths);
  });

  const post = async (type: string, body: string) =>
    request(musical.url)
      .post('/api/musicals')
      .auth(await musical.admin(), { type: 'bearer' })
      .set('Content-Type', type)
      .send(body);

  test('malformed JSON, another type, or ten megabytes', async () => {
    const malformed = await post('application/json', '{"name": ');
    expect([malformed.status, problemOf(malformed)]).toEqual([400, 'malformed-json']);
    const xml = await post('application/xml', '<musical/>');
    expect([xml.status, problemOf(xml)]).toEqual([415, 'unsupported-media-type']);
    const huge = await post('application/json', JSON.stringify({ ...short, name: 'x'.repeat(10 * 1024 * 1024) }));
    expect([huge.status, problemOf(huge)]).toEqual([413, 'body-too-large']);
  });

  test('another method is not offered', async () => {
    const answer = await request(musical.url).delete('/api/musicals');
    expect([answer.status, problemOf(answer)]).toEqual([405, 'method-not-allowed']);
  });
});
