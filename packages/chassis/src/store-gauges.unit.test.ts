import { setImmediate } from 'node:timers/promises';
import { createMetrics, type Metrics } from './metrics';
import { measureFromStore, readingsOf } from './store-gauges';

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics('test');
});

const told = async (name: string) => {
  const { values } = await metrics.getSingleMetric(name)!.get();
  return values.map(({ labels, value }) => [...Object.values(labels), value]);
};
const measure = (read: () => Promise<Record<string, unknown>[]>, everyMs?: number) =>
  measureFromStore(metrics, { gauges: { cats: 'Cats' }, labels: ['colour'], read, everyMs });

test('a row makes a series, and what has no row has none any more', async () => {
  let rows = [
    { colour: 'red', cats: 2 },
    { colour: 'black', cats: '3' },
  ];
  measure(() => Promise.resolve(rows));
  expect(await told('cats')).toEqual([
    ['red', 2],
    ['black', 3],
  ]);
  rows = [{ colour: 'black', cats: 0 }];
  expect(await told('cats')).toEqual([['black', 0]]);
});

test('gauges of one reading are of one reading', async () => {
  const read = jest.fn(() => Promise.resolve([{ cats: 2, dogs: 1 }]));
  measureFromStore(metrics, { gauges: { cats: 'Cats', dogs: 'Dogs' }, read });
  const text = await metrics.metrics();
  expect(text).toMatch(/^cats\{service="test"\} 2$/m);
  expect(text).toMatch(/^dogs\{service="test"\} 1$/m);
  expect(read).toHaveBeenCalledTimes(1);
});

test('what the store does not tell is left out, and no old value stays', async () => {
  const read = jest
    .fn()
    .mockResolvedValueOnce([{ cats: 2 }])
    .mockRejectedValueOnce(new Error('away'));
  measureFromStore(metrics, { gauges: { cats: 'Cats' }, read });
  expect(await told('cats')).toEqual([[2]]);
  expect(await told('cats')).toEqual([]);
});

test('what costs more is read at most so often, unless it failed', async () => {
  const read = jest
    .fn()
    .mockRejectedValueOnce(new Error('away'))
    .mockResolvedValue([{ colour: 'red', cats: 2 }]);
  measure(read, 60_000);
  expect(await told('cats')).toEqual([]);
  for (let scrape = 0; scrape < 3; scrape++) expect(await told('cats')).toEqual([['red', 2]]);
  expect(read).toHaveBeenCalledTimes(2);
});

test('readings take their turns', async () => {
  let running = 0;
  const most: number[] = [];
  const read = async () => {
    most.push(++running);
    await setImmediate();
    running--;
    return [{ cats: 1, dogs: 1 }];
  };
  measureFromStore(metrics, { gauges: { cats: 'Cats' }, read });
  measureFromStore(metrics, { gauges: { dogs: 'Dogs' }, read });
  await Promise.all([metrics.metrics(), metrics.metrics()]);
  expect(most.length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...most)).toBe(1);
});

test('a store that hangs keeps a scrape for a second, and is asked nothing more until it answers', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    let answer: (rows: Record<string, unknown>[]) => void = () => undefined;
    const read = jest.fn(() => new Promise<Record<string, unknown>[]>((resolve) => (answer = resolve)));
    measureFromStore(metrics, { gauges: { cats: 'Cats' }, read });
    const other = jest.fn(() => Promise.resolve([{ dogs: 1 }]));
    measureFromStore(metrics, { gauges: { dogs: 'Dogs' }, read: other });

    const scrape = Promise.all([told('cats'), told('dogs')]);
    await setImmediate();
    jest.advanceTimersByTime(1_000);
    expect(await scrape).toEqual([[], []]);
    expect(await Promise.all([told('cats'), told('dogs')])).toEqual([[], []]);
    expect(other).not.toHaveBeenCalled();

    answer([{ cats: 1 }]);
    await setImmediate();
    expect(await told('dogs')).toEqual([[1]]);
  } finally {
    jest.useRealTimers();
  }
});

test('a registry has one queue', () => {
  expect(readingsOf(metrics)).toBe(readingsOf(metrics));
  expect(readingsOf(metrics)).not.toBe(readingsOf(createMetrics('other')));
});
