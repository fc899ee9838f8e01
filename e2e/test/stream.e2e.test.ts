import type { SeenStream } from '@outerpark/chassis/testing/event-stream';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { MyPageChange, MyPageSnapshot } from '@outerpark/contracts/http/mypage';
import type { Customer } from './customer';
import { startSystem, type ServiceName, type System } from './system';

// My page as a stream, through the gateway: how soon it tells, and what becomes of it when either end is restarted.
let system: System;
let admin: Customer;
let alice: Customer;
let bob: Customer;

beforeAll(async () => {
  system = await startSystem();
  [admin, alice, bob] = [await system.admin(), await system.customer('alice'), await system.customer('bob')];
}, 90_000);
afterAll(() => system.shutDown(), 60_000);

const LONG = { withinMs: 30_000 };
const snapshotOf = ({ events }: SeenStream) => events[0]?.data as MyPageSnapshot | undefined;
const changesOf = ({ events }: SeenStream) =>
  events.slice(1).map(({ data, at }) => ({ ...(data as MyPageChange), came: at }));
const lastOf = (stream: SeenStream, id: string) => changesOf(stream).findLast(({ item }) => item.id === id)?.item;

/** The first call after a start may find a breaker open. */
const reserves = (customer: Customer, musicalId: string, seats: number) =>
  eventually(() => customer.reserves(musicalId, seats), LONG);

/** Just started it is refused until the view is complete. */
async function opened(customer: Customer): Promise<SeenStream> {
  const stream = await eventually(async () => {
    const one = await customer.watches();
    expect(one.status).toBe(200);
    return one;
  }, LONG);
  await eventually(() => expect(snapshotOf(stream)).toBeDefined());
  return stream;
}

test('every step of every service comes on the stream of its customer, and of nobody else', async () => {
  const musical = await admin.registers('Watched', 100);
  const [hers, his] = [await opened(alice), await opened(bob)];
  const { id } = await reserves(alice, musical.id, 2);
  await eventually(() => expect(lastOf(hers, id)?.notifications).toHaveLength(1), LONG);
  await alice.call('DELETE', `/api/reservations/${id}`);
  await eventually(() => expect(lastOf(hers, id)?.timeline).toHaveLength(8), LONG);
  expect(lastOf(hers, id)).toEqual(await alice.sees(id, () => true));
  expect(his.events).toHaveLength(1);
  [hers, his].forEach(({ leave }) => leave());
}, 90_000);

test.each<[ServiceName]>([['mypage'], ['gateway']])(
  'a restart of %s ends the stream properly, and the next one begins with what happened meanwhile',
  async (name) => {
    const musical = await admin.registers(`Restarted ${name}`, 100);
    const stream = await opened(alice);
    const before = await reserves(alice, musical.id, 1);
    await eventually(() => expect(lastOf(stream, before.id)?.status).toBe('confirmed'), LONG);
    // Through the gateway nothing can happen while it is away: what goes on is the payment.
    const meanwhile = await reserves(alice, musical.id, 1);
    await system.stop(name);
    await stream.ended;
    await system.start(name);
    const next = await eventually(async () => {
      const again = await opened(alice);
      expect(snapshotOf(again)!.items.find(({ id }) => id === before.id)?.status).toBe('confirmed');
      return again;
    }, LONG);
    await eventually(() => {
      const shown = lastOf(next, meanwhile.id) ?? snapshotOf(next)!.items.find(({ id }) => id === meanwhile.id);
      expect(shown?.status).toBe('confirmed');
    }, LONG);
    const after = await reserves(alice, musical.id, 1);
    await eventually(() => expect(lastOf(next, after.id)?.status).toBe('confirmed'), LONG);
    next.leave();
  },
  120_000,
);

test('how soon', async () => {
  const musical = await admin.registers('Measured', 1_000);
  const stream = await opened(alice);
  const measured = new Set<string>();
  for (let index = 0; index < 25; index++) {
    const { id } = await reserves(alice, musical.id, 1);
    measured.add(id);
    await eventually(() => expect(lastOf(stream, id)?.timeline).toHaveLength(4), LONG);
  }
  // Each event once, when it was told first. What is still told of an earlier test's reservation is none of ours.
  const told = new Map<string, number>();
  for (const { item, came } of changesOf(stream).filter((change) => measured.has(change.item.id))) {
    for (const { at, type } of item.timeline) {
      const event = `${item.id} ${type}`;
      if (!told.has(event)) told.set(event, came - Date.parse(at));
    }
  }
  stream.leave();
  const delays = [...told.values()].sort((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(share * delays.length)]!;
  expect(delays).toHaveLength(100);
  process.stdout.write(`event to stream, ${delays.length} events: median ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
}, 180_000);
