import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { ConfigError, loadConfig, tracingEnv } from './config';
import { createLogger } from './logger';
import { eventually } from './testing/eventually';
import { createShutdown, runService, type RunningService, type ServiceTools } from './service';

const silent = createLogger('test', 'silent');
const readConfig = () => ({ logLevel: 'silent' as const, ...loadConfig(z.object(tracingEnv), {}) });

type Start = (config: object, tools: ServiceTools) => Promise<RunningService>;

/** A process that remembers what it was told. */
const setUp = (start: Start, config: () => ReturnType<typeof readConfig> & { drainNoticeMs?: number } = readConfig) => {
  const emitter = new EventEmitter();
  const exits: number[] = [];
  const stderr: string[] = [];
  const host = {
    on: emitter.on.bind(emitter),
    exit: (code: number) => void exits.push(code),
    stderr: { write: (text: string) => void stderr.push(text) },
  } as unknown as NodeJS.Process;
  return { running: runService('test', config, start, host), emitter, exits, stderr };
};

const service = (stop: () => Promise<void>) => () => Promise.resolve({ url: 'http://localhost', stop });

test('a fault of the configuration is told plainly and exits with 2', async () => {
  const start = jest.fn<Promise<RunningService>, []>();
  const { running, exits, stderr } = setUp(start, () => {
    throw new ConfigError('PORT: is missing');
  });
  await running;
  expect([exits, stderr]).toEqual([[2], ['PORT: is missing\n']]);
  expect(start).not.toHaveBeenCalled();
});

test('a start that fails exits with 1', async () => {
  const { running, exits } = setUp(() => Promise.reject(new Error('port taken')));
  await running;
  expect(exits).toEqual([1]);
});

test.each(['SIGTERM', 'SIGINT'])('%s stops the service once and exits with 0', async (signal) => {
  const stop = jest.fn(() => Promise.resolve());
  const { running, emitter, exits } = setUp(service(stop));
  await running;
  emitter.emit(signal);
  await setImmediate();
  expect([stop.mock.calls.length, exits]).toEqual([1, [0]]);
});

test('it drains first, and stops accepting when its callers have had notice', async () => {
  const calls: string[] = [];
  const drain = () => void calls.push('drain');
  const stop = () => Promise.resolve(void calls.push('stop'));
  const { running, emitter, exits } = setUp(
    () => Promise.resolve({ url: '', drain, stop }),
    () => ({ ...readConfig(), drainNoticeMs: 100 }),
  );
  await running;
  const signalled = performance.now();
  emitter.emit('SIGTERM');
  await eventually(() => expect(calls).toEqual(['drain']));
  await eventually(() => expect([calls, exits]).toEqual([['drain', 'stop'], [0]]));
  expect(performance.now() - signalled).toBeGreaterThan(90);
});

test('a signal while starting stops the service as soon as it has started', async () => {
  const stop = jest.fn(() => Promise.resolve());
  let started: (service: RunningService) => void = () => {};
  const { running, emitter, exits } = setUp(() => new Promise((resolve) => (started = resolve)));
  emitter.emit('SIGTERM');
  await setImmediate();
  expect(exits).toEqual([]);
  started({ url: '', stop });
  await running;
  await setImmediate();
  expect([stop.mock.calls.length, exits]).toEqual([1, [0]]);
});

test('a signal while it waits for something ends the waiting, which is no failure', async () => {
  const { running, emitter, exits } = setUp(
    (_, { stopping }) =>
      new Promise((_resolve, reject) => stopping?.addEventListener('abort', () => reject(stopping.reason as Error))),
  );
  await setImmediate();
  emitter.emit('SIGTERM');
  await running;
  await setImmediate();
  expect(exits).toEqual([0]);
});

test('a second signal exits at once', async () => {
  const { running, emitter, exits } = setUp(service(() => new Promise(() => {})));
  await running;
  emitter.emit('SIGTERM');
  emitter.emit('SIGINT');
  expect(exits).toEqual([1]);
});

test('a shutdown that takes too long is given up', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  try {
    const { running, emitter, exits } = setUp(service(() => new Promise(() => {})));
    await running;
    emitter.emit('SIGTERM');
    jest.advanceTimersByTime(24_999);
    expect(exits).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(exits).toEqual([1]);
  } finally {
    jest.useRealTimers();
  }
});

test.each(['uncaughtException', 'unhandledRejection'])('%s exits with 1', async (event) => {
  const { running, emitter, exits } = setUp(service(() => Promise.resolve()));
  await running;
  emitter.emit(event, new Error('a bug'));
  expect(exits).toEqual([1]);
});

test('the steps of a shutdown run in order, once, whatever one of them does', async () => {
  const shutdown = createShutdown(silent);
  const ran: string[] = [];
  shutdown.onStop('unready', () => ran.push('unready'));
  shutdown.onStop('consumer', async () => {
    await setImmediate();
    ran.push('consumer');
    throw new Error('broker gone');
  });
  shutdown.onStop('pool', () => ran.push('pool'));
  await Promise.all([shutdown.run(), shutdown.run()]);
  expect(ran).toEqual(['unready', 'consumer', 'pool']);
});
