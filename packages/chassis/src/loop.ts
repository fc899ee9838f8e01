import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface Loop {
  /** Runs the work now instead of at the end of its pause. A pause after a failure is kept: trouble is not hurried. */
  wake(): void;
  /** Lets the round under way finish and runs no other. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  name: string;
  logger: Logger;
  /** One round. `busy`: there may be more, so go on at once. A rest lets more gather before the next round, whoever wakes it. */
  work: () => Promise<'busy' | 'idle' | { restMs: number }>;
  /** Pause after an idle round, in milliseconds. */
  idleMs: number;
  /** Longest pause after failures in a row, in milliseconds; it doubles up to this. */
  maxBackoffMs?: number;
}

/** Repeats one piece of work for ever: failures are logged and tried again with backoff, pauses are jittered so that replicas do not march in step. */
export function startLoop({ name, logger, work, idleMs, maxBackoffMs = 2_000 }: LoopOptions): Loop {
  let stopped = false;
  let woken = false;
  let failures = 0;
  let endPause: () => void = () => undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** As a pause, but nobody ends it, so it is short. */
  const rest = (ms: number) => (stopped || ms === 0 ? undefined : sleep(ms));

  const run = async () => {
    while (!stopped) {
      woken = false;
      try {
        const state = await work();
        failures = 0;
        if (typeof state === 'object') await rest(state.restMs);
        if (state !== 'busy' && !woken && !stopped) await pause(idleMs);
      } catch (error) {
        // The first failure and then every tenth: an outage is told, not shouted.
        if (failures++ % 10 === 0) logger.warn({ err: error, loop: name, failures }, 'round failed, trying again');
        if (!stopped) await pause(Math.min(100 * 2 ** Math.min(failures, 10), maxBackoffMs));
      }
    }
  };
  const ended = run();

  return {
    wake: () => {
      woken = true;
      if (failures === 0) endPause();
    },
    stop: async () => {
      stopped = true;
      endPause();
      await ended;
    },
  };
}

const REST_MS = 4;
const LONGEST_REST_MS = 200;

/**
 * How long to rest after a round that had so much to do, in milliseconds. One thing at a time is done at once; under load the rounds
 * become few and large, because what costs is the round (a transaction, a message to Kafka) and not what is in it.
 */
export const restAfter = (done: number): number => Math.min(LONGEST_REST_MS, REST_MS * done);
