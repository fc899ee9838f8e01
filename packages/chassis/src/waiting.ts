import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, PermanentError } from './errors';
import type { Logger } from './logger';

export interface WaitOptions {
  logger: Logger;
  /** The process is to end: what is waited for is given up, and the signal's reason thrown. */
  stopping?: AbortSignal;
  /** After so long the last failure is thrown, in milliseconds; never by default. */
  patienceMs?: number;
  /** Is told the reason of each failure. */
  onFailure?: (reason: string) => void;
}

const PAUSE_MS = { first: 100, longest: 2_000 };
/** The same reason is told again so often. */
const TELL_EVERY_MS = 30_000;

/** Tries until it succeeds, and says in the log what is waited for and why. A PermanentError is thrown at once: no waiting helps. */
export async function waitFor<T>(what: string, attempt: () => Promise<T>, options: WaitOptions): Promise<T> {
  const { logger, stopping, patienceMs = Infinity, onFailure } = options;
  const began = performance.now();
  let told = { reason: '', at: -Infinity };
  const tell = (reason: string) => {
    if (reason === told.reason && performance.now() - told.at < TELL_EVERY_MS) return;
    told = { reason, at: performance.now() };
    logger.warn({ reason }, `waiting for ${what}`);
  };

  return orStopped(stopping, async (stopped) => {
    for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS.longest)) {
      stopping?.throwIfAborted();
      try {
        const found = await Promise.race([attempt(), stopped]);
        if (told.reason) logger.info({ waitedMs: Math.round(performance.now() - began) }, `${what} is there`);
        return found;
      } catch (error) {
        const late = performance.now() - began >= patienceMs;
        if (stopping?.aborted || late || error instanceof PermanentError) throw error;
        const reason = errorMessage(error);
        tell(reason);
        onFailure?.(reason);
      }
      await sleep(pauseMs, undefined, { signal: stopping });
    }
  });
}

/** Gives the work a promise that rejects when the process is to end. */
async function orStopped<T>(
  stopping: AbortSignal | undefined,
  work: (stopped: Promise<never>) => Promise<T>,
): Promise<T> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (stop = () => reject(stopping?.reason as Error)));
  stopped.catch(() => undefined);
  stopping?.addEventListener('abort', stop);
  try {
    return await work(stopped);
  } finally {
    stopping?.removeEventListener('abort', stop);
  }
}
