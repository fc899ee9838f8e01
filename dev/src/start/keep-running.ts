import { setTimeout as sleep } from 'node:timers/promises';
import { logLines } from './log-lines';
import type { Part, Started } from './part';

export interface Listeners {
  say: (line: string) => void;
  /** It runs, for the first time or again. */
  started: (part: Part, started: Started) => void;
  ended: (part: Part) => void;
}

export interface Kept {
  part: Part;
  stop: () => Promise<void>;
}

/** Two deaths of which the second comes sooner than this after the start belong together. */
const SOON_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
const SHOW_LOG_AT = 3;

/** Starts a part and, whenever it dies, starts it again, later and later when it dies soon. Rejects when the first start fails. */
export const keepRunning = async (part: Part, listeners: Listeners, signal: AbortSignal): Promise<Kept> => {
  const { say, started, ended } = listeners;
  const stopping = new AbortController();
  const halt = AbortSignal.any([stopping.signal, signal]);
  let current: Started | undefined = await part.start(signal);
  started(part, current);

  const startAgain = async (): Promise<void> => {
    try {
      current = await part.start(halt);
      started(part, current);
      if (halt.aborted) await current.stop();
      else say(`${part.name} runs again.`);
    } catch (error) {
      if (!halt.aborted) say(`${part.name} could not be started again: ${(error as Error).message}`);
    }
  };

  const watch = async (): Promise<void> => {
    for (let deaths = 0; ;) {
      const startedAt = Date.now();
      const exit = await current?.exited;
      current = undefined;
      ended(part);
      if (halt.aborted) return;
      deaths = Date.now() - startedAt < SOON_MS ? deaths + 1 : 1;
      const pause = Math.min(1000 * 2 ** (deaths - 1), LONGEST_PAUSE_MS);
      if (exit)
        say(`${part.name} ended (${exit.signal ?? `code ${exit.code}`}); it is started again in ${pause / 1000} s.`);
      if (deaths === SHOW_LOG_AT)
        say(`${part.name} keeps ending. Its log, ${part.logFile}, ends with:\n${logLines(part.logFile, 10)}`);
      await sleep(pause, undefined, { signal: halt }).catch(() => undefined);
      if (halt.aborted) return;
      await startAgain();
    }
  };
  const watching = watch();

  return {
    part,
    stop: async () => {
      stopping.abort();
      await current?.stop();
      await watching;
    },
  };
};
