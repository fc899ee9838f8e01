import { randomUUID } from 'node:crypto';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { createLoadMeter } from '../src/load-meter';
import { migrations } from '../src/persistence/migrations';
import { createOffers } from '../src/persistence/offers';
import { createAdmitWaiting } from '../src/use-cases/admit-waiting';
import { createHoldSeats } from '../src/use-cases/hold-seats';
import { createWaitingPasses } from '../src/use-cases/join-waiting-room';
import { createSwitchWaitingRoom } from '../src/use-cases/switch-waiting-room';
import { oneNight, startTestMusical, type TestMusical } from './musical';

// The crowd of a large sale, at the use cases: two replicas with a pool each, and a clock of its own, so that nobody waits.
const CROWD = 20_000;
const unsaid = { mode: 'off' as const, rate: 10 };
const rules = { slowestRate: 10, opensAtRate: 300, quietMs: 60_000 };

/** A day ahead: the process that the test speaks to goes by the real clock, and never finds that it is time to admit. */
let clock = Date.now() + 24 * 3_600_000;
const now = () => new Date(clock);
const NEVER_LATE_MS = 600_000;

function replica(store: Database) {
  const findOffers = createOffers(store);
  const meter = createLoadMeter(NEVER_LATE_MS, unsaid.mode, now);
  return {
    passes: createWaitingPasses(store, findOffers, now),
    hold: createHoldSeats(store, findOffers, now, meter.count),
    admit: createAdmitWaiting({ ...{ store, meter, rules, unsaid, now }, onChange: () => undefined }),
    switchRoom: createSwitchWaitingRoom(store, findOffers, unsaid, now),
  };
}

let musical: TestMusical;
let stores: Database[] = [];
let replicas: ReturnType<typeof replica>[] = [];
beforeAll(async () => {
  musical = await startTestMusical();
  const url = musical.env.DATABASE_URL;
  stores = await Promise.all([1, 2].map((n) => openDatabase({ url, name: `replica ${n}`, poolSize: 4, migrations })));
  replicas = stores.map(replica);
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await musical.stop();
});

const at = (n: number) => replicas[n % 2]!;

test('20,000 customers at two replicas: each has one place, is let in by its turn, and holds once', async () => {
  const { performances } = await musical.musical(oneNight({ VIP: CROWD + 1 }));
  const performanceId = performances[0]!.id;
  await at(0).switchRoom(performanceId, 'on');

  const crowd = Array.from({ length: CROWD }, (_, n) => `customer ${n}`);
  const passes = await Promise.all(crowd.map((customer, n) => at(n).passes.join(performanceId, customer)));
  const inOrder: string[] = [];
  passes.forEach(({ position }, n) => (inOrder[position! - 1] = crowd[n]!));
  expect(new Set(inOrder)).toEqual(new Set(crowd));
  expect(inOrder).toHaveLength(CROWD);
  const again = await Promise.all(crowd.map((customer, n) => at(n + 1).passes.join(performanceId, customer)));
  expect(again.map(({ position }) => position)).toEqual(passes.map(({ position }) => position));

  const hold = (customerId: string, n: number) =>
    at(n).hold({
      ...{ reservationId: randomUUID(), customerId },
      wanted: { performanceId, lines: [{ grade: 'VIP', seats: 1 }] },
    });
  let admitted = 0;
  for (let second = 1; admitted < CROWD; second++) {
    expect(second).toBeLessThan(120);
    clock += 1_000;
    await Promise.all(replicas.map(({ admit }) => admit()));
    const [room] = await musical.store.query<{ admitted: number }>(
      'SELECT admitted FROM waiting_room WHERE performance_id = $1',
      [performanceId],
    );
    const next = inOrder[room!.admitted];
    if (next !== undefined) await expect(hold(next, second)).rejects.toMatchObject({ problem: 'waiting-room' });
    await Promise.all(inOrder.slice(admitted, room!.admitted).map(hold));
    admitted = room!.admitted;
  }
  expect(await musical.seats(performanceId)).toEqual({ VIP: 1 });
}, 180_000);
