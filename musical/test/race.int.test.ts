import { startServiceProcess, type ServiceProcess } from '@outerpark/chassis/testing/service-process';
import type { WantedSeats } from '@outerpark/contracts/http/holds';
import { oneNight, problemOf, startTestMusical, type TestMusical } from './musical';

let musical: TestMusical;
let replicas: ServiceProcess[] = [];
beforeAll(async () => {
  musical = await startTestMusical();
  replicas = await Promise.all([1, 2].map(() => startServiceProcess('musical', musical.env)));
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await musical.stop();
});

const performance = async (grades: Record<string, number>, options: { maxPerCustomer?: number } = {}) =>
  (await musical.musical(oneNight(grades, options))).performances[0]!.id;

/** So many customers at once, each at one of the two processes; gives their answers. */
const rush = (count: number, wanted: (n: number) => WantedSeats, customer = (n: number) => `customer ${n}`) =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const answer = await musical.hold(wanted(n), { by: customer(n), url: replicas[n % 2]!.url });
      return { n, won: answer.status === 200, outcome: answer.status === 200 ? 'held' : problemOf(answer) };
    }),
  );
const outcomes = (answers: { outcome: string }[]) =>
  answers.reduce<Record<string, number>>((sums, { outcome }) => ({ ...sums, [outcome]: (sums[outcome] ?? 0) + 1 }), {});

test('a hundred customers at two processes, ten seats: ten of them win', async () => {
  const performanceId = await performance({ VIP: 10 });
  const answers = await rush(100, () => ({ performanceId, lines: [{ grade: 'VIP', seats: 1 }] }));

  expect(outcomes(answers)).toEqual({ held: 10, 'seats-unavailable': 90 });
  expect(await musical.seats(performanceId)).toEqual({ VIP: 0 });
});

test('wishes of one to four seats: what was answered as held is held, to the last seat that fits', async () => {
  const performanceId = await performance({ VIP: 50 });
  const sizeOf = (n: number) => (n % 4) + 1;
  const answers = await rush(100, (n) => ({ performanceId, lines: [{ grade: 'VIP', seats: sizeOf(n) }] }));

  const held = answers.filter(({ won }) => won).reduce((sum, { n }) => sum + sizeOf(n), 0);
  expect(await musical.seats(performanceId)).toEqual({ VIP: 50 - held });
  // Nobody who wanted one seat goes away while one is free.
  expect(held).toBe(50);
});

test('two grades in opposite order, one of them short: no hold waits for another in a circle', async () => {
  const performanceId = await performance({ VIP: 30, R: 60, S: 200 });
  const orders = [
    ['VIP', 'R'],
    ['R', 'VIP'],
    ['S', 'VIP'],
    ['R', 'S'],
  ];
  const answers = await rush(200, (n) => ({
    performanceId,
    lines: orders[n % 4]!.map((grade) => ({ grade, seats: 1 })),
  }));

  expect(Object.keys(outcomes(answers)).sort()).toEqual(['held', 'seats-unavailable']);
  const seats = await musical.seats(performanceId);
  const held = (grade: string) => answers.filter(({ won, n }) => won && orders[n % 4]!.includes(grade)).length;
  expect(seats).toEqual({ VIP: 30 - held('VIP'), R: 60 - held('R'), S: 200 - held('S') });
  expect(seats.VIP).toBe(0);
  const [{ deadlocks }] = (await musical.store.query<{ deadlocks: number }>(
    `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`,
  )) as [{ deadlocks: number }];
  expect(deadlocks).toBe(0);
});

test('a limit for each customer holds over both processes', async () => {
  const performanceId = await performance({ VIP: 100 }, { maxPerCustomer: 3 });
  const customer = (n: number) => `limited ${Math.floor(n / 2) % 5}`;
  const answers = await rush(60, () => ({ performanceId, lines: [{ grade: 'VIP', seats: 1 }] }), customer);

  expect(outcomes(answers)).toEqual({ held: 15, 'customer-limit-reached': 45 });
  expect(await musical.seats(performanceId)).toEqual({ VIP: 85 });
});

test('the same reservation at both processes at once is one hold', async () => {
  const performanceId = await performance({ VIP: 100 });
  const wanted = { performanceId, lines: [{ grade: 'VIP', seats: 2 }] };
  for (let round = 0; round < 10; round++) {
    const id = crypto.randomUUID();
    const answers = await Promise.all(replicas.map(({ url }) => musical.hold(wanted, { id, url })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]!.body).toEqual(answers[1]!.body);
  }
  expect(await musical.seats(performanceId)).toEqual({ VIP: 80 });
});
