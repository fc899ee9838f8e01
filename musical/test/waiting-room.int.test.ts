import { eventually } from '@outerpark/chassis/testing/eventually';
import { startServiceProcess, type ServiceProcess } from '@outerpark/chassis/testing/service-process';
import { WAITED_HEADER } from '@outerpark/contracts/http/holds';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { WaitingPass, WaitingRoom } from '@outerpark/contracts/http/waiting-rooms';
import request from 'supertest';
import { oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

/** Admitted a second while nobody holds: so slow that a slow machine is in time. */
const SLOWEST = 2;

let musical: TestMusical;
let replicas: ServiceProcess[] = [];
beforeAll(async () => {
  musical = await startTestMusical({ WAITING_ROOM_SLOWEST: String(SLOWEST) });
  replicas = await Promise.all([1, 2].map(() => startServiceProcess('musical', musical.env)));
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await musical.stop();
});

const night = async (of = musical): Promise<Musical> => of.musical(oneNight({ VIP: 1_000 }));
const performanceOf = ({ performances }: Musical): string => performances[0]!.id;
const at = (n: number) => replicas[n % 2]!.url;
const asked = async (method: 'get' | 'post', performanceId: string, by: string, url = musical.url, of = musical) => {
  const token = await of.tokenOf(by);
  const client = request(url);
  return client[method](`/api/performances/${performanceId}/waiting-room`).auth(token, { type: 'bearer' });
};
const join = async (performanceId: string, by: string, url?: string): Promise<WaitingPass> =>
  (await asked('post', performanceId, by, url)).body as WaitingPass;
const see = async (performanceId: string, by: string, url?: string): Promise<WaitingPass> =>
  (await asked('get', performanceId, by, url)).body as WaitingPass;
const put = async (performanceId: string, body: object, of = musical, token = of.admin()) =>
  request(of.url)
    .put(`/api/admin/waiting-rooms/${performanceId}`)
    .auth(await token, { type: 'bearer' })
    .send(body);
const put200 = async (performanceId: string, mode: string, of = musical): Promise<WaitingRoom> => {
  const answer = await put(performanceId, { mode }, of);
  expect(answer.status).toBe(200);
  return answer.body as WaitingRoom;
};
const opened = async (): Promise<string> => {
  const performanceId = performanceOf(await night());
  await put200(performanceId, 'on');
  return performanceId;
};
const room = async (performanceId: string) => {
  const [row] = await musical.store.query<{ admitted: number; joined: number; measuredAt: Date }>(
    `SELECT admitted, joined, measured_at AS "measuredAt" FROM waiting_room WHERE performance_id = $1`,
    [performanceId],
  );
  return row!;
};
/** As if the path to a hold had been found to carry much more. */
const faster = (performanceId: string) =>
  musical.store.query(`UPDATE waiting_room SET rate = 5000 WHERE performance_id = $1`, [performanceId]);
const seats = (performanceId: string) => ({ performanceId, lines: [{ grade: 'VIP', seats: 1 }] });
const hold = (performanceId: string, by: string, url?: string) => musical.hold(seats(performanceId), { by, url });

test('hundreds join at once at two processes: each gets one place, and nobody the same', async () => {
  const performanceId = await opened();
  expect(await join(performanceId, 'the first', at(0))).toMatchObject({ open: true, position: 1 });

  const customers = Array.from({ length: 300 }, (_, n) => `rushing ${n}`);
  const passes = await Promise.all(customers.map((customer, n) => join(performanceId, customer, at(n))));
  const positions = passes.map(({ position }) => position!);
  expect([...positions].sort((a, b) => a - b)).toEqual(customers.map((_, n) => n + 2));
  expect(await join(performanceId, 'the last', at(1))).toMatchObject({ position: 302 });

  // Whoever comes back, wherever, has the place that he had.
  const again = await Promise.all(customers.map((customer, n) => join(performanceId, customer, at(n + 1))));
  expect(again.map(({ position }) => position)).toEqual(positions);
  expect((await room(performanceId)).joined).toBe(302);
});

test('one customer who joins in many tabs at once has one place', async () => {
  const performanceId = await opened();
  const passes = await Promise.all(Array.from({ length: 40 }, (_, n) => join(performanceId, 'alice', at(n))));
  expect(new Set(passes.map(({ position }) => position)).size).toBe(1);
  const rows = await musical.store.query(`SELECT 1 FROM waiting_pass WHERE performance_id = $1`, [performanceId]);
  expect(rows).toHaveLength(1);
});

test('only who is admitted may hold, in the order of joining, at whichever process', async () => {
  const performanceId = await opened();
  const customers = Array.from({ length: 200 }, (_, n) => `waiting ${n}`);
  await join(performanceId, customers[0]!);
  await Promise.all(customers.slice(1, 100).map((customer, n) => join(performanceId, customer, at(n))));
  await Promise.all(customers.slice(100).map((customer, n) => join(performanceId, customer, at(n))));

  const stranger = await hold(performanceId, 'who never joined', at(0));
  expect([stranger.status, problemOf(stranger)]).toEqual([429, 'waiting-room']);
  expect(stranger.body).toMatchObject({ performanceId, position: null });
  const early = await hold(performanceId, customers[199]!, at(1));
  expect([early.status, problemOf(early)]).toEqual([429, 'waiting-room']);
  expect(early.body.ahead).toBeGreaterThan(0);
  expect(early.body.expectedWaitSeconds).toBeGreaterThan(0);
  expect(Number(early.headers['retry-after'])).toBeGreaterThanOrEqual(1);

  // What was admitted before the passes are seen is in them, and nothing that was not admitted after.
  const before = await eventually(async () => {
    const { admitted } = await room(performanceId);
    expect(admitted).toBeGreaterThan(5);
    return admitted;
  });
  const passes = await Promise.all(customers.map((customer, n) => see(performanceId, customer, at(n))));
  const after = (await room(performanceId)).admitted;
  for (const { position, admitted } of passes) {
    if (position! <= before) expect(admitted).toBe(true);
    if (position! > after) expect(admitted).toBe(false);
  }
  const admitted = customers.filter((_, n) => passes[n]!.admitted);
  const answers = await Promise.all(admitted.map((customer, n) => hold(performanceId, customer, at(n))));
  expect(answers.map(({ status }) => status)).toEqual(admitted.map(() => 200));

  await faster(performanceId);
  await eventually(async () => expect(await see(performanceId, customers[199]!)).toMatchObject({ admitted: true }));
  expect((await hold(performanceId, customers[199]!)).status).toBe(200);
});

test('several processes admit as fast as one would, and one that ends takes no place with it', async () => {
  const performanceId = await opened();
  await Promise.all(Array.from({ length: 150 }, (_, n) => join(performanceId, `patient ${n}`, at(n))));
  const place = await see(performanceId, 'patient 149', at(0));
  const before = await room(performanceId);

  await replicas[0]!.stop();
  replicas[0] = await startServiceProcess('musical', musical.env);

  const after = await eventually(
    async () => {
      const now = await room(performanceId);
      expect(now.admitted).toBeGreaterThan(before.admitted + 6);
      return now;
    },
    { withinMs: 25_000 },
  );
  const seconds = (after.measuredAt.getTime() - before.measuredAt.getTime()) / 1_000;
  expect(after.admitted - before.admitted).toBeLessThanOrEqual(Math.ceil(seconds * SLOWEST));
  expect((await see(performanceId, 'patient 149', at(0))).position).toBe(place.position);
}, 60_000);

describe('an admin', () => {
  test('switches it on, off and on again: off everybody may, and then a new queue begins', async () => {
    const musicalOf = await night();
    const performanceId = performanceOf(musicalOf);
    expect((await musical.get(musicalOf.id)).performances[0]).toMatchObject({ waitingRoom: false });
    expect(await join(performanceId, 'alice')).toMatchObject({ open: false, admitted: true, position: null });
    expect(await put200(performanceId, 'on')).toMatchObject({ mode: 'on', open: true, joined: 0, waiting: 0 });
    expect((await musical.get(musicalOf.id)).performances[0]).toMatchObject({ waitingRoom: true });
    expect(await see(performanceId, 'alice')).toMatchObject({ admitted: false, position: null });
    expect(await join(performanceId, 'alice')).toMatchObject({ position: 1 });

    expect(await put200(performanceId, 'off')).toMatchObject({ mode: 'off', open: false, ratePerSecond: 0 });
    expect((await hold(performanceId, 'who never joined')).status).toBe(200);

    await put200(performanceId, 'on');
    expect((await hold(performanceId, 'alice')).status).toBe(429);
    expect(await join(performanceId, 'bob')).toMatchObject({ position: 1 });
    expect(await join(performanceId, 'alice')).toMatchObject({ position: 2 });
  });

  test('sees who waits, by performance', async () => {
    const musicalOf = await night();
    const performanceId = performanceOf(musicalOf);
    const list = async (id: string) =>
      request(musical.url)
        .get(`/api/admin/waiting-rooms?musicalId=${id}`)
        .auth(await musical.admin(), { type: 'bearer' });
    const never = { performanceId, mode: 'off', open: false, joined: 0, admitted: 0, waiting: 0, ratePerSecond: 0 };
    expect((await list(musicalOf.id)).body).toEqual({ items: [never] });

    await put200(performanceId, 'on');
    await Promise.all(Array.from({ length: 60 }, (_, n) => join(performanceId, `seen ${n}`)));
    const { items } = (await list(musicalOf.id)).body as { items: WaitingRoom[] };
    expect(items).toMatchObject([{ mode: 'on', open: true, joined: 60 }]);
    expect(items[0]!.admitted + items[0]!.waiting).toBe(60);
    expect((await list(crypto.randomUUID())).status).toBe(404);
  });

  test('need not close the room of a performance that has begun', async () => {
    const musicalOf = await night();
    const performanceId = performanceOf(musicalOf);
    await put200(performanceId, 'on');
    await musical.store.query(`UPDATE performance SET starts_at = now() WHERE id = $1`, [performanceId]);
    await eventually(async () => {
      expect((await musical.get(musicalOf.id)).performances[0]).toMatchObject({ waitingRoom: false });
    });
  });

  test('alone may, and nonsense changes nothing', async () => {
    const performanceId = performanceOf(await night());
    expect((await put(performanceId, { mode: 'on' }, musical, musical.tokenOf('alice'))).status).toBe(403);
    expect((await put(performanceId, { mode: 'ajar' })).status).toBe(400);
    expect((await put(crypto.randomUUID(), { mode: 'on' })).status).toBe(404);
    expect((await asked('post', crypto.randomUUID(), 'alice')).status).toBe(404);
    expect((await asked('get', crypto.randomUUID(), 'alice')).status).toBe(404);
    expect(await see(performanceId, 'alice')).toMatchObject({ open: false });
  });
});

test('where nobody asked for a waiting room a rush leaves no trace of one', async () => {
  const performanceId = performanceOf(await night());
  await Promise.all(Array.from({ length: 60 }, (_, n) => hold(performanceId, `plain ${n}`)));
  const rounds = await musical.store.query(`SELECT 1 FROM waiting_room WHERE performance_id = $1`, [performanceId]);
  expect(rounds).toEqual([]);
});

describe('left to the load', () => {
  let busy: TestMusical;
  beforeAll(async () => {
    busy = await startTestMusical({
      ...{ WAITING_ROOM_MODE: 'automatic', WAITING_ROOM_OPENS_AT: '10', WAITING_ROOM_QUIET_MS: '1500' },
    });
  });
  afterAll(() => busy.stop());

  test('it opens when most holds come late, wherever on the way they were kept', async () => {
    const musicalOf = await night(busy);
    const token = await busy.tokenOf('late');
    for (let n = 0; n < 6; n++) {
      const body = { reservationId: crypto.randomUUID(), wanted: seats(performanceOf(musicalOf)) };
      const sent = request(busy.url).post('/internal/holds').auth(token, { type: 'bearer' }).set(WAITED_HEADER, '5000');
      expect((await sent.send(body)).status).toBe(200);
    }
    await eventually(async () => expect((await busy.get(musicalOf.id)).performances[0]!.waitingRoom).toBe(true));
  });

  test('it opens when seats are asked for too fast, admits who joins, and closes when nobody has to wait', async () => {
    const musicalOf = await night(busy);
    const performanceId = performanceOf(musicalOf);
    const isOpen = async () => (await busy.get(musicalOf.id)).performances[0]!.waitingRoom;
    await eventually(async () => {
      await Promise.all(Array.from({ length: 40 }, (_, n) => busy.hold(seats(performanceId), { by: `early ${n}` })));
      expect(await isOpen()).toBe(true);
    });
    const late = await busy.hold(seats(performanceId), { by: 'late' });
    expect([late.status, problemOf(late)]).toEqual([429, 'waiting-room']);

    await asked('post', performanceId, 'late', busy.url, busy);
    await eventually(async () => expect((await busy.hold(seats(performanceId), { by: 'late' })).status).toBe(200));
    await eventually(async () => expect(await isOpen()).toBe(false));
    expect((await busy.hold(seats(performanceId), { by: 'who never joined' })).status).toBe(200);
  });
});
