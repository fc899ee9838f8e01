import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { readOptions } from '@outerpark/dev/start/options';
import { requireFree, portsWith, services } from '@outerpark/dev/start/ports';
import { run } from '@outerpark/dev/start/run';
import { readRunFile, type RunFile } from '@outerpark/dev/start/run-file';

export interface RunningSystem extends RunFile {
  /** Stops everything in order. */
  stop(): Promise<void>;
}

/** Everything as `npm start` starts it, one replica each, in a home of its own. Throws CannotStart. */
export async function startSystem(home: string, portOffset: number | undefined): Promise<RunningSystem> {
  const offset = portOffset ?? (await freeOffset());
  const ending = new AbortController();
  const running = run({ ...readOptions([], {}), home, portOffset: offset }, ending.signal);
  const ended = running.then(() => {
    throw new CannotStart('The system has stopped by itself.');
  });
  return { ...(await Promise.race([ready(home), ended])), stop: () => (ending.abort(), running) };
}

/** The run file appears when everything is ready. */
async function ready(home: string): Promise<RunFile> {
  for (;;) {
    const started = readRunFile(home);
    if (started) return started;
    await sleep(100);
  }
}

async function freeOffset(): Promise<number> {
  for (let offset = 4_000; offset <= 11_000; offset += 100) {
    const portOf = portsWith(offset);
    const names = [
      'gateway',
      ...services,
      'simulator',
      'issuer',
      'mail',
      'smtp',
      'kafka',
      'kafkaController',
      'postgres',
    ] as const;
    const free = requireFree(names.map((name) => ({ port: portOf(name), user: name })));
    if (
      await free.then(
        () => true,
        () => false,
      )
    )
      return offset;
  }
  throw new CannotStart('There are not enough free ports; name some by OUTERPARK_PORT_OFFSET.');
}
