import { setTimeout as pause } from 'node:timers/promises';

/**
 * Gives turns, one each `everyMs` milliseconds: who comes after a while has one at once, and all who come until the next one have
 * that together.
 */
export function createTurns(everyMs: number): () => Promise<void> {
  let nextAt = performance.now();
  let next: Promise<void> | undefined;
  return async () => {
    const waitMs = Math.ceil(nextAt - performance.now());
    if (!next && waitMs <= 0) return void (nextAt = performance.now() + everyMs);
    next ??= pause(waitMs).then(() => {
      next = undefined;
      nextAt = performance.now() + everyMs;
    });
    await next;
  };
}
