import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassingFailure } from './postgres/failures';

export interface TogetherOptions {
  /** Requests in one round. */
  atMost?: number;
  /** Rounds for the same thing under way at once: one that has to wait for a lock does not hold up all that come after it. */
  roundsAtOnce?: number;
  /** After a round with nobody behind it, so that more gather for the next, in milliseconds. */
  restMs?: (requests: number) => number;
}

/**
 * Decides concurrent requests for the same thing together: while rounds are under way the next requests gather, and then go
 * as one round in their order of arrival. Each gets its own answer. A round begins when the event loop has taken what came at the
 * same time. A round of several that fails as a whole is decided one by one, so that one bad request fails alone; when the store is
 * away all fail at once, because their callers would not wait for one time-out after the other. With no concurrency every request is
 * a round of its own, at once. A round is in the context of its first request, so that its log lines and spans are at least of one of
 * those they are about.
 */
export function together<Request, Answer>(
  keyOf: (request: Request) => string,
  decide: (requests: Request[]) => Promise<Answer[]>,
  { atMost = 200, roundsAtOnce = 1, restMs = () => 0 }: TogetherOptions = {},
): (request: Request) => Promise<Answer> {
  interface Waiting {
    request: Request;
    resolve: (answer: Answer) => void;
    reject: (error: unknown) => void;
    within: ReturnType<typeof AsyncLocalStorage.snapshot>;
  }
  const queues = new Map<string, { waiting: Waiting[]; rounds: number }>();

  const decideRound = async (round: Waiting[]): Promise<void> => {
    try {
      const answers = await round[0]!.within(() => decide(round.map(({ request }) => request)));
      round.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      if (round.length === 1 || isPassingFailure(error)) return round.forEach(({ reject }) => reject(error));
      for (const alone of round) await decideRound([alone]);
    }
  };

  const drain = async (key: string): Promise<void> => {
    const queue = queues.get(key)!;
    queue.rounds++;
    // What comes in the same turn of the event loop, as from one read of a socket, is of the first round already.
    await new Promise(setImmediate);
    while (queue.waiting.length > 0) {
      const round = queue.waiting.splice(0, atMost);
      await decideRound(round);
      const rest = restMs(round.length);
      if (rest === 0) continue;
      // Whoever has more at once, as after an outage, is not kept waiting.
      await new Promise(setImmediate);
      if (queue.waiting.length === 0) await sleep(rest, undefined, { ref: false });
    }
    if (--queue.rounds === 0) queues.delete(key);
  };

  return (request) =>
    new Promise((resolve, reject) => {
      const key = keyOf(request);
      const queue = queues.get(key) ?? { waiting: [], rounds: 0 };
      queues.set(key, queue);
      queue.waiting.push({ request, resolve, reject, within: AsyncLocalStorage.snapshot() });
      if (queue.rounds < roundsAtOnce) void drain(key);
    });
}
