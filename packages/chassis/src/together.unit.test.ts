import { TransientError } from './errors';
import { together } from './together';

/** Rounds that end when the test says so. */
function heldBack() {
  const rounds: { requests: string[]; end: (answers?: string[]) => void; fail: (error: Error) => void }[] = [];
  const decide = jest.fn(
    (requests: string[]) =>
      new Promise<string[]>((resolve, reject) => {
        rounds.push({
          requests,
          end: (answers = requests.map((r) => r.toUpperCase())) => resolve(answers),
          fail: reject,
        });
      }),
  );
  return { rounds, decide, requests: () => rounds.map(({ requests }) => requests) };
}

/** Lets everything happen that waits for nothing but its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a request that meets no other is a round of its own, at once', async () => {
  const { rounds, decide, requests } = heldBack();
  const ask = together(() => 'same', decide);

  const first = ask('a');
  await settled();
  expect(requests()).toEqual([['a']]);
  rounds[0]!.end();
  await expect(first).resolves.toBe('A');

  void ask('b');
  await settled();
  expect(requests()).toEqual([['a'], ['b']]);
});

test('what comes at the same time is one round', async () => {
  const { decide, requests } = heldBack();
  const ask = together(() => 'same', decide);

  void ask('a');
  await Promise.resolve();
  void ask('b');
  await settled();
  expect(requests()).toEqual([['a', 'b']]);
});

test('what comes during a round is the next one, in order of arrival, and each gets its own answer', async () => {
  const { rounds, decide, requests } = heldBack();
  const ask = together(() => 'same', decide);

  const first = ask('a');
  await settled();
  const others = Promise.all(['b', 'c', 'd'].map(ask));
  rounds[0]!.end();
  await expect(first).resolves.toBe('A');
  await settled();
  expect(requests()).toEqual([['a'], ['b', 'c', 'd']]);
  rounds[1]!.end();

  await expect(others).resolves.toEqual(['B', 'C', 'D']);
});

test('a round has so many requests at most', async () => {
  const { rounds, decide, requests } = heldBack();
  const ask = together(() => 'same', decide, { atMost: 2 });

  const answers = Promise.all(['a', 'b', 'c', 'd'].map(ask));
  await settled();
  for (const turn of [0, 1]) {
    rounds[turn]!.end();
    await settled();
  }

  expect(requests()).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  await expect(answers).resolves.toEqual(['A', 'B', 'C', 'D']);
});

test('a round that waits for something does not hold up others, when several may be under way', async () => {
  const { rounds, decide, requests } = heldBack();
  const ask = together(() => 'same', decide, { roundsAtOnce: 2 });

  const held = ask('a');
  await settled();
  const next = ask('b');
  await settled();
  const last = Promise.all(['c', 'd'].map(ask));
  await settled();
  expect(requests()).toEqual([['a'], ['b']]);
  rounds[1]!.end();
  await expect(next).resolves.toBe('B');
  await settled();
  expect(requests()).toEqual([['a'], ['b'], ['c', 'd']]);
  rounds[2]!.end();
  await expect(last).resolves.toEqual(['C', 'D']);
  rounds[0]!.end();
  await expect(held).resolves.toBe('A');
});

test('different things do not wait for each other', async () => {
  const { decide, requests } = heldBack();
  const ask = together((request: string) => request[0]!, decide);

  void ask('a1');
  void ask('b1');
  await settled();

  expect(requests()).toEqual([['a1'], ['b1']]);
});

test('one bad request fails alone', async () => {
  const decide = jest.fn((requests: string[]) =>
    requests.includes('bad') ? Promise.reject(new Error('bad')) : Promise.resolve(requests.map((r) => r.toUpperCase())),
  );
  const ask = together(() => 'same', decide);

  const answers = await Promise.allSettled(['a', 'b', 'bad', 'c'].map(ask));

  expect(answers).toEqual([
    { status: 'fulfilled', value: 'A' },
    { status: 'fulfilled', value: 'B' },
    { status: 'rejected', reason: new Error('bad') },
    { status: 'fulfilled', value: 'C' },
  ]);
  expect(decide.mock.calls.map(([requests]) => requests)).toEqual([
    ['a', 'b', 'bad', 'c'],
    ['a'],
    ['b'],
    ['bad'],
    ['c'],
  ]);
});

test('a failure that would meet each of them is told to all at once, and the next round is tried again', async () => {
  const { rounds, decide, requests } = heldBack();
  const ask = together(() => 'same', decide);

  const first = ask('a');
  await settled();
  const others = Promise.allSettled(['b', 'c'].map(ask));
  rounds[0]!.end();
  await first;
  await settled();
  rounds[1]!.fail(new TransientError('the store is away'));
  await expect(others).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);

  const later = ask('d');
  await settled();
  rounds[2]!.end();
  await expect(later).resolves.toBe('D');
  expect(requests()).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('after a round it may rest, so that more gather for the next', async () => {
  const begun: number[] = [];
  const decide = jest.fn((requests: string[]) => {
    begun.push(performance.now());
    return Promise.resolve(requests);
  });
  const ask = together(() => 'same', decide, { restMs: (requests) => 50 * requests });

  await ask('a');
  await settled();
  await settled();
  await Promise.all([ask('b'), settled().then(() => ask('c'))]);
  expect(decide.mock.calls.map(([requests]) => requests)).toEqual([['a'], ['b', 'c']]);
  expect(begun[1]! - begun[0]!).toBeGreaterThan(45);
});

test('it does not rest when somebody waits already', async () => {
  const decide = jest.fn((requests: string[]) => Promise.resolve(requests));
  const ask = together(() => 'same', decide, { atMost: 1, restMs: () => 3_600_000 });

  await Promise.all([ask('a'), ask('b').then(() => ask('c'))]);
  expect(decide.mock.calls.map(([requests]) => requests)).toEqual([['a'], ['b'], ['c']]);
});
