import { EventEmitter } from 'node:events';
import { ConfigError } from '../config';
import { runProgram, type ProgramTools } from './run-program';

type Work = (config: { logLevel: 'silent' }, tools: ProgramTools) => Promise<void>;

const run = (work: Work, readConfig = () => ({ logLevel: 'silent' as const })) => {
  const emitter = new EventEmitter();
  const exits: number[] = [];
  const stderr: string[] = [];
  const host = {
    on: emitter.on.bind(emitter),
    exit: (code: number) => void exits.push(code),
    stderr: { write: (text: string) => void stderr.push(text) },
  } as unknown as NodeJS.Process;
  const done = runProgram('test', readConfig, work, host);
  return { done, emitter, exits, stderr };
};

test('exits with 0 when it is done, with 1 when it failed', async () => {
  const good = run(() => Promise.resolve());
  const bad = run(() => Promise.reject(new Error('away')));
  await Promise.all([good.done, bad.done]);
  expect([good.exits, bad.exits]).toEqual([[0], [1]]);
});

test('a fault of the configuration is told plainly and exits with 2', async () => {
  const { done, exits, stderr } = run(
    () => Promise.resolve(),
    () => {
      throw new ConfigError('DATABASE_URL: is missing');
    },
  );
  await done;
  expect([exits, stderr]).toEqual([[2], ['DATABASE_URL: is missing\n']]);
});

test.each(['SIGTERM', 'SIGINT'])('%s ends the work', async (signal) => {
  const { done, emitter, exits } = run(
    (_, { stopping }) =>
      new Promise((_resolve, reject) => stopping.addEventListener('abort', () => reject(stopping.reason as Error))),
  );
  emitter.emit(signal);
  await done;
  expect(exits).toEqual([1]);
});
