import { restAfter, startLoop, type Loop, type LoopOptions } from './loop';
import { createLogger } from './logger';
import { eventually } from './testing/eventually';

const logger = createLogger('test', 'silent');
const HOUR = 3_600_000;

let loop: Loop | undefined;
afterEach(async () => {
  await loop?.stop();
});

const start = (work: LoopOptions['work'], options: Partial<LoopOptions> = {}) =>
  (loop = startLoop({ name: 'test', logger, idleMs: HOUR, work, ...options }));

/** A round that ends when the test says so. */
const gate = () => {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
};

test('goes on at once while there is more, then pauses', async () => {
  let rounds = 0;
  start(() => Promise.resolve(++rounds < 5 ? 'busy' : 'idle'));
  await eventually(() => expect(rounds).toBe(5));
});

test('a wake ends the pause', async () => {
  let rounds = 0;
  const { wake } = start(() => Promise.resolve((rounds++, 'idle')));
  await eventually(() => expect(rounds).toBe(1));
  wake();
  await eventually(() => expect(rounds).toBe(2));
});

test('a wake during a round is not lost', async () => {
  let rounds = 0;
  const { open, passed } = gate();
  const { wake } = start(async () => {
    if (++rounds === 1) await passed;
    return 'idle';
  });
  wake();
  open();
  await eventually(() => expect(rounds).toBe(2));
});

test('a failing round is tried again, and a wake does not hurry it', async () => {
  const begun: number[] = [];
  const { wake } = start(() => {
    begun.push(performance.now());
    return begun.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve('idle');
  });
  const waking = setInterval(wake, 5);
  await eventually(() => expect(begun.length).toBeGreaterThan(1));
  clearInterval(waking);
  expect(begun[1]! - begun[0]!).toBeGreaterThan(100);
});

test('work that throws before its first await fails its round only', async () => {
  let rounds = 0;
  start(() => {
    if (++rounds === 1) throw new Error('at once');
    return Promise.resolve('idle');
  });
  await eventually(() => expect(rounds).toBe(2));
});

test('stop waits for the round under way, and no other follows', async () => {
  let rounds = 0;
  let finished = 0;
  const { open, passed } = gate();
  const { stop } = start(async () => {
    rounds++;
    await passed;
    finished++;
    return 'busy';
  });
  const stopped = stop();
  open();
  await stopped;
  expect({ rounds, finished }).toEqual({ rounds: 1, finished: 1 });
});

test('stop ends a pause of any length, after failures too', async () => {
  let rounds = 0;
  const { stop } = start(() => Promise.reject(new Error(String(++rounds))), { maxBackoffMs: HOUR });
  await eventually(() => expect(rounds).toBeGreaterThan(0));
  await stop();
});

test('a rest lets more gather: a wake does not hurry it, and is not lost', async () => {
  const begun: number[] = [];
  const { wake } = start(() => {
    begun.push(performance.now());
    return Promise.resolve(begun.length === 1 ? { restMs: 50 } : 'idle');
  });
  await eventually(() => expect(begun).toHaveLength(1));
  wake();
  await eventually(() => expect(begun).toHaveLength(2));
  expect(begun[1]! - begun[0]!).toBeGreaterThan(45);
});

test('one thing at a time is done at once, many are let gather, but never for long', () => {
  expect([0, 1, 5, 1_000].map(restAfter)).toEqual([0, 4, 20, 200]);
});
