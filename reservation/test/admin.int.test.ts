import { randomUUID } from 'node:crypto';
import { messageOf } from '@outerpark/chassis/testing/messages';
import { page } from '@outerpark/contracts/http/paging';
import { adminReservation, reservationStatus, type AdminReservation } from '@outerpark/contracts/http/reservations';
import { sales, type SalesBucket } from '@outerpark/contracts/http/sales';
import fc from 'fast-check';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';

let service: ReservationService;
let admin: string;
beforeAll(async () => {
  service = await startReservationService({ ROLES: 'http' });
  admin = await service.token('root', ['admin']);
});
afterAll(() => service.stop());
beforeEach(() => service.store.query('TRUNCATE reservation'));

type Query = Record<string, string | number | undefined>;
const get = (path: string, query: Query = {}, token = admin) =>
  service.api.get(`/api/admin/${path}`).query(query).set('authorization', token);
const salesOf = async (query: Query): Promise<SalesBucket[]> =>
  sales.parse((await get('sales', query).expect(200)).body).items;

interface Row {
  id: string;
  customerId: string;
  musicalId: string;
  musical: string;
  performanceId: string;
  seats: number;
  price: number;
  status: string;
  createdAt: string;
  confirmedAt: string | null;
  endedAt: string | null;
}
const row = (some: Partial<Row> = {}): Row => ({
  ...{ id: randomUUID(), customerId: 'alice', musicalId, musical: 'Chagall', performanceId: randomUUID() },
  ...{ seats: 2, price: 20_000, status: 'awaiting_payment', createdAt: '2026-03-01T00:00:00.000Z' },
  ...{ confirmedAt: null, endedAt: null },
  ...some,
});
const sold = (confirmedAt: string, some: Partial<Row> = {}) => row({ status: 'confirmed', confirmedAt, ...some });
const returned = (confirmedAt: string | null, endedAt: string) => row({ status: 'cancelled', confirmedAt, endedAt });
const insert = (...rows: Row[]) =>
  service.store.query(
    `INSERT INTO reservation (id, customer_id, musical_id, musical, performance_id, starts_at, venue, lines, seats, price, status,
       payment_deadline, version, created_at, correlation_id, traceparent, confirmed_at, ended_at)
     SELECT r.id, r."customerId", r."musicalId", r.musical, r."performanceId", '2099-01-01', 'Seoul', '[]', r.seats, r.price, r.status,
       '2099-01-01', 1, r."createdAt", '', '', r."confirmedAt", r."endedAt"
     FROM jsonb_to_recordset($1) AS r (id uuid, "customerId" text, "musicalId" uuid, musical text, "performanceId" uuid, seats int,
       price bigint, status text, "createdAt" timestamptz, "confirmedAt" timestamptz, "endedAt" timestamptz)`,
    [JSON.stringify(rows)],
  );

const nothing = { reservations: 0, seats: 0, amount: 0 };
const many = (reservations: number) => ({ reservations, seats: 2 * reservations, amount: 20_000 * reservations });

describe('sales', () => {
  test('are counted when they are confirmed, and when they are cancelled afterwards', async () => {
    const alice = await service.token('alice');
    const reserve = async (): Promise<string> => {
      const answer = await service.api
        .post('/api/reservations')
        .set('authorization', alice)
        .send({ musicalId, seats: 2 })
        .expect(201);
      return (answer.body as { id: string }).id;
    };
    const pay = (id: string) =>
      service.feed(
        messageOf(
          { type: 'PaymentApproved', data: { reservationId: id, customerId: 'alice', amount: 20_000 } },
          { subject: id },
        ),
      );
    const cancel = (id: string) =>
      service.api.delete(`/api/reservations/${id}`).set('authorization', alice).expect(200);
    const total = async () => {
      const buckets = await salesOf({ by: 'hour' });
      const sum = (of: (bucket: SalesBucket) => number) => buckets.reduce((all, bucket) => all + of(bucket), 0);
      return [
        sum((bucket) => bucket.reservations),
        sum((bucket) => bucket.amount),
        sum((bucket) => bucket.cancelled.amount),
      ];
    };

    const [paid, unpaid] = [await reserve(), await reserve()];
    expect(await total()).toEqual([0, 0, 0]);
    await pay(paid);
    await cancel(unpaid);
    expect(await total()).toEqual([1, 20_000, 0]);
    await cancel(paid);
    expect(await total()).toEqual([1, 20_000, 20_000]);
  });

  test('a second before midnight is of the day before, and midnight is not of the range that ends there', async () => {
    await insert(
      sold('2026-03-28T23:59:59.999Z'),
      sold('2026-03-29T00:00:00.000Z'),
      sold('2026-03-29T23:59:59.000Z'),
      sold('2026-03-30T00:00:00.000Z'),
      returned('2026-03-28T12:00:00.000Z', '2026-03-29T23:59:59.999Z'),
      returned(null, '2026-03-29T12:00:00.000Z'),
    );
    const range = { from: '2026-03-28T00:00:00.000Z', to: '2026-03-30T00:00:00.000Z' };
    expect(await salesOf(range)).toEqual([
      { from: '2026-03-28T00:00:00.000Z', ...many(2), cancelled: nothing },
      { from: '2026-03-29T00:00:00.000Z', ...many(2), cancelled: many(1) },
    ]);
    // The night on which clocks change in many places has its 24 hours.
    const hours = await salesOf({ ...range, by: 'hour' });
    expect(hours.map(({ from }) => from)).toEqual(
      Array.from({ length: 48 }, (_, hour) => new Date(Date.UTC(2026, 2, 28, hour)).toISOString()),
    );
    expect(hours.flatMap(({ reservations }, hour) => (reservations > 0 ? [[hour, reservations]] : []))).toEqual([
      [12, 1],
      [23, 1],
      [24, 1],
      [47, 1],
    ]);
    expect(hours.flatMap(({ cancelled }, hour) => (cancelled.reservations > 0 ? [hour] : []))).toEqual([47]);
  });

  test('of a range that is empty, or in which nothing happened', async () => {
    await insert(sold('2026-03-28T10:00:00.000Z'));
    const at = '2026-03-28T10:00:00.000Z';
    expect(await salesOf({ from: at, to: at })).toEqual([]);
    expect(await salesOf({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:01Z' })).toEqual([
      { from: '2026-01-01T00:00:00.000Z', ...nothing, cancelled: nothing },
      { from: '2026-01-02T00:00:00.000Z', ...nothing, cancelled: nothing },
    ]);
    expect(await salesOf({ to: '0001-01-01T00:00:00Z' })).toEqual([]);
  });

  test('of one musical, or of one performance', async () => {
    const [other, performanceId] = [randomUUID(), randomUUID()];
    const at = '2026-03-28T10:00:00.000Z';
    await insert(sold(at, { performanceId }), sold(at), sold(at, { musicalId: other }));
    const count = async (query: Query) =>
      (await salesOf({ from: '2026-03-28T00:00:00Z', to: '2026-03-29T00:00:00Z', ...query }))[0]!.reservations;
    expect(await count({})).toBe(3);
    expect(await count({ musicalId })).toBe(2);
    expect(await count({ musicalId: other })).toBe(1);
    expect(await count({ performanceId })).toBe(1);
    expect(await count({ performanceId, musicalId: other })).toBe(0);
  });

  test.each<[Query, string]>([
    [{ from: '2026-03-30T00:00:00Z', to: '2026-03-29T00:00:00Z' }, 'from'],
    [{ from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'from'],
    [{ from: '2026-03-30' }, 'from'],
    [{ to: '0000-01-01T00:00:00Z' }, 'to'],
    [{ by: 'week' }, 'by'],
    [{ musicalId: 'hedwig' }, 'musicalId'],
  ])('asked by %j are refused', async (query, path) => {
    const { body } = await get('sales', query).expect(400);
    expect(body).toMatchObject({ type: 'urn:outerpark:problem:invalid-request', errors: [{ path }] });
  });

  test('are the same in sum by hour and by day, and of a range in two parts', async () => {
    const [first, last] = [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 9)];
    const time = fc.integer({ min: first, max: last }).map((ms) => new Date(ms).toISOString());
    const rows = fc.array(
      fc.oneof(
        time.map((at) => sold(at)),
        fc.tuple(time, time).map(([a, b]) => returned(a, b)),
      ),
      { maxLength: 40 },
    );
    const sum = (buckets: SalesBucket[]) =>
      [...buckets, ...buckets.map(({ cancelled }) => cancelled)].map(({ amount }) => amount).reduce((a, b) => a + b, 0);
    await fc.assert(
      fc.asyncProperty(rows, fc.tuple(time, time, time), async (given, times) => {
        await service.store.query('TRUNCATE reservation');
        await insert(...given);
        const [from, middle, to] = [...times].sort() as [string, string, string];
        const whole = await salesOf({ from, to });
        const parts = [...(await salesOf({ from, to: middle })), ...(await salesOf({ from: middle, to }))];
        const happened = given
          .flatMap((one) => [one.confirmedAt, one.endedAt])
          .filter((at) => at !== null && at >= from && at < to);
        expect(sum(whole)).toBe(20_000 * happened.length);
        expect(sum(parts)).toBe(sum(whole));
        expect(sum(await salesOf({ from, to, by: 'hour' }))).toBe(sum(whole));
      }),
      { numRuns: 25 },
    );
  });
});

describe('the list of reservations', () => {
  const listed = async (query: Query = {}): Promise<AdminReservation[]> => {
    const { items, next } = page(adminReservation).parse((await get('reservations', query).expect(200)).body);
    return next === null ? items : [...items, ...(await listed({ ...query, cursor: next }))];
  };
  const ids = async (query: Query) => (await listed(query)).map(({ id }) => id);

  test('tells whose it is and of what', async () => {
    const one = row({ customerId: 'bob', status: 'confirmed' });
    await insert(one);
    expect(await listed()).toEqual([
      {
        ...{ id: one.id, customerId: 'bob', musicalId, musical: 'Chagall', performanceId: one.performanceId },
        ...{ startsAt: '2099-01-01T00:00:00.000Z', venue: 'Seoul', lines: [], seats: 2, price: 20_000 },
        ...{ status: 'confirmed', paymentDeadline: '2099-01-01T00:00:00.000Z', version: 1, createdAt: one.createdAt },
      },
    ]);
  });

  test('is found by the beginning of its id, its customer, or a part of the name', async () => {
    const korean = randomUUID();
    const [a, b, c] = [
      row({ id: '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11', musical: 'The Café', createdAt: '2026-03-03T00:00:00.000Z' }),
      row({
        id: '0b8f7e0c-6a6e-4b39-9d5d-0d6c2d1f7a11',
        musicalId: korean,
        musical: '지킬 앤 하이드',
        createdAt: '2026-03-02T00:00:00.000Z',
      }),
      row({
        musicalId: randomUUID(),
        musical: '100% _Love\\',
        customerId: '0b8f',
        createdAt: '2026-03-01T00:00:00.000Z',
      }),
    ];
    await insert(a, b, c);
    const found: [string, Row[]][] = [
      ['0b8f7e0c', [a, b]],
      ['0B8F7E0C-6a6e-4b39-9D5C', [a]],
      [b.id, [b]],
      // Of one it is the beginning of the id, of another the customer.
      ['0b8f', [a, b, c]],
      ['0b8', []],
      ['0b8f7e0c6a6e', []],
      ['alice', [a, b]],
      ['ali', []],
      ['CAFÉ', [a]],
      ['cafe\u0301', [a]],
      ['하이드'.normalize('NFD'), [b]],
      ['% _love\\', [c]],
      ['%', [c]],
      ['nobody', []],
    ];
    for (const [q, rows] of found) expect([q, await ids({ q })]).toEqual([q, rows.map(({ id }) => id)]);
    expect(await ids({ q: 'alice', musicalId: korean })).toEqual([b.id]);
    expect(await ids({ q: 'hyde', musicalId: korean })).toEqual([]);
  });

  test('has for whatever is asked what a look at each row finds, newest first, each once', async () => {
    const of = <T>(...values: T[]) => fc.constantFrom(...values);
    const [m1, m2, p1, p2] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const names = { [m1]: 'Hedwig', [m2]: 'Hadestown' };
    // Many at the same moment, so that pages end among them.
    const minute = fc.integer({ min: 0, max: 5 }).map((at) => new Date(Date.UTC(2026, 2, 1, 0, at)).toISOString());
    const rows = fc.array(
      fc
        .record({
          id: fc.uuid(),
          musicalId: of(m1, m2),
          performanceId: of(p1, p2),
          customerId: of('alice', 'bob', 'hedwig'),
          status: of(...reservationStatus.options),
          createdAt: minute,
        })
        .map((some) => row({ ...some, musical: names[some.musicalId] })),
      { maxLength: 40 },
    );
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const query = fc.record({
      status: maybe(of(...reservationStatus.options)),
      customerId: maybe(of('alice', 'hedwig')),
      musicalId: maybe(of(m1, m2)),
      performanceId: maybe(of(p1, p2)),
      q: maybe(of('hed', 'HEDWIG', 'town', 'alice', 'e', 'x')),
      limit: of(1, 3, 200),
    });
    await fc.assert(
      fc.asyncProperty(rows, query, async (given, { limit, q, ...exact }) => {
        await service.store.query('TRUNCATE reservation');
        await insert(...given);
        const meant = (one: Row) =>
          q === undefined || one.customerId === q || one.musical.toLowerCase().includes(q.toLowerCase());
        const wanted = given
          .filter((one) =>
            Object.entries(exact).every(([key, value]) => value === undefined || one[key as keyof Row] === value),
          )
          .filter(meant)
          .sort((x, y) => (x.createdAt + x.id < y.createdAt + y.id ? 1 : -1));
        expect(await ids({ limit, q, ...exact })).toEqual(wanted.map(({ id }) => id));
      }),
      { numRuns: 60 },
    );
  });

  test.each<[Query, string]>([
    [{ status: 'sold' }, 'status'],
    [{ musicalId: 'x' }, 'musicalId'],
    [{ performanceId: 'x' }, 'performanceId'],
    [{ q: ' ' }, 'q'],
    [{ q: 'a\u0000' }, 'q'],
    [{ customerId: '\u0000' }, 'customerId'],
    [{ limit: 201 }, 'limit'],
    [{ cursor: 'x' }, 'cursor'],
  ])('asked by %j is refused', async (query, path) => {
    const { body } = await get('reservations', query).expect(400);
    expect((body as { errors: { path: string }[] }).errors[0]).toMatchObject({ path });
  });
});

test.each(['sales', 'reservations'])('%s are for admins', async (path) => {
  await service.api.get(`/api/admin/${path}`).expect(401);
  await get(path, {}, await service.token('alice')).expect(403);
});
