import { setImmediate } from 'node:timers/promises';
import { createMetrics } from '../metrics';
import { BreakerOpenError, createBreaker, isServerFault } from './breaker';
import { NoAnswerError } from './client';

const OPTIONS = { timeoutMs: 1_000, resetTimeoutMs: 5_000 };
const metrics = createMetrics('test');
const gauge = async (name: string) => {
  const { values } = await metrics.getSingleMetric(name)!.get();
  return values.find(({ labels }) => labels.name === 'musical')?.value;
};

/** A dependency whose next answers are in the test's hand. */
const setUp = () => {
  const dependency = jest.fn<Promise<{ status: number }>, [string]>();
  const breaker = createBreaker('musical', dependency, { ...OPTIONS, isFailure: isServerFault, metrics });
  const fail = async (times: number) => {
    dependency.mockRejectedValue(new Error('down'));
    for (let i = 0; i < times; i++) await expect(breaker.fire('hold')).rejects.toThrow('down');
  };
  return { dependency, breaker, fail };
};

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
afterEach(() => jest.useRealTimers());

test('stays closed below the volume threshold, then opens and fails fast', async () => {
  const { dependency, breaker, fail } = setUp();
  await fail(9);
  expect(breaker.state()).toBe('closed');
  await fail(1);
  expect(breaker.state()).toBe('open');
  await expect(breaker.fire('hold')).rejects.toThrow(BreakerOpenError);
  expect(dependency).toHaveBeenCalledTimes(10);
  expect(await gauge('breaker_state')).toBe(1);
  expect(await gauge('breaker_rejections_total')).toBe(1);
});

test('tells how long to wait', async () => {
  const { breaker, fail } = setUp();
  expect(breaker.retryAfterMs()).toBe(0);
  await fail(10);
  expect(breaker.retryAfterMs()).toBe(5_000);
  jest.advanceTimersByTime(3_000);
  expect(breaker.retryAfterMs()).toBe(2_000);
  await expect(breaker.fire('hold')).rejects.toMatchObject({ retryAfterMs: 2_000 });
});

test('lets one call through when half-open, and closes when it is answered', async () => {
  const { dependency, breaker, fail } = setUp();
  await fail(10);
  jest.advanceTimersByTime(5_000);
  expect(breaker.state()).toBe('half-open');
  expect(breaker.retryAfterMs()).toBe(0);

  let answer: (value: { status: number }) => void = () => {};
  dependency.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const probe = breaker.fire('hold');
  await expect(breaker.fire('hold')).rejects.toThrow(BreakerOpenError);
  answer({ status: 200 });
  await expect(probe).resolves.toEqual({ status: 200 });
  expect(breaker.state()).toBe('closed');
  expect(await gauge('breaker_state')).toBe(0);
});

test('opens again when the call that was let through fails', async () => {
  const { breaker, fail } = setUp();
  await fail(10);
  jest.advanceTimersByTime(5_000);
  await fail(1);
  expect(breaker.state()).toBe('open');
  expect(breaker.retryAfterMs()).toBe(5_000);
});

test('a half-open circuit closes on a refusal too: it is an answer', async () => {
  const { dependency, breaker, fail } = setUp();
  await fail(10);
  jest.advanceTimersByTime(5_000);
  dependency.mockResolvedValue({ status: 409 });
  await breaker.fire('hold');
  expect(breaker.state()).toBe('closed');
});

test('what was kept back does not count as called', async () => {
  const { breaker, dependency, fail } = setUp();
  await fail(10);
  for (let i = 0; i < 100; i++) await expect(breaker.fire('hold')).rejects.toThrow(BreakerOpenError);
  jest.advanceTimersByTime(5_000);
  dependency.mockResolvedValueOnce({ status: 200 });
  await breaker.fire('hold');
  await fail(1);
  expect(breaker.state()).toBe('open');
});

test('a 4xx is an answer and never opens it', async () => {
  const { dependency, breaker } = setUp();
  dependency.mockResolvedValue({ status: 409 });
  for (let i = 0; i < 50; i++) await expect(breaker.fire('hold')).resolves.toEqual({ status: 409 });
  expect(breaker.state()).toBe('closed');
});

test('a 5xx is returned, and counts', async () => {
  const { dependency, breaker } = setUp();
  dependency.mockResolvedValue({ status: 503 });
  for (let i = 0; i < 10; i++) await expect(breaker.fire('hold')).resolves.toEqual({ status: 503 });
  expect(breaker.state()).toBe('open');
});

test('an action that keeps no time limit gets no answer', async () => {
  const { dependency, breaker } = setUp();
  dependency.mockReturnValue(new Promise(() => {}));
  const call = breaker.fire('hold');
  const outcome = expect(call).rejects.toThrow(NoAnswerError);
  await setImmediate();
  jest.advanceTimersByTime(1_500);
  await outcome;
});
