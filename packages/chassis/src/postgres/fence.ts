import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../errors';

/** The store was put back to an earlier time: nothing is written to it until `npm run ops -- reconcile` has mended it. */
export class StoreFenced extends TransientError {
  override readonly name = 'StoreFenced';

  constructor() {
    super('The store was put back to an earlier time. It is read only until it has been reconciled with its events');
  }
}

/** `unguarded`: nobody watches this store. `unknown`: nobody could be asked whether it is as new as its events. */
export type FenceState = 'unguarded' | 'asking' | 'unknown' | 'open' | 'closed';

/** What stands before every write to a store. Whether it is open is found out anew for each server that answers under its address. */
export interface Fence {
  state(): FenceState;
  /** Writes may begin now. */
  passable(): boolean;
  /** The store is known to be as new as its events: what cannot be taken back may be done. */
  safe(): boolean;
  /** Resolves when writes may begin, waiting while that is being found out. Throws StoreFenced when they may not. */
  pass(): Promise<void>;
  /** From now on somebody finds out. */
  guard(): void;
  /** A new connection is of this server. */
  connected(server: string): void;
  /** The server that the newest connection is of. */
  server(): string;
  /** What was found out about a server; of one that has been replaced meanwhile it says nothing. */
  judge(server: string, verdict: 'open' | 'closed' | 'unknown'): void;
}

/** Longer than asking Kafka takes, and shorter than callers wait. */
const LONGEST_WAIT_MS = 8_000;

export function createFence(): Fence {
  let state: FenceState = 'unguarded';
  let server = '';
  let answer: () => void = () => undefined;
  let answered = Promise.resolve();

  const ask = () => {
    if (state === 'asking') return;
    state = 'asking';
    answered = new Promise((resolve) => (answer = resolve));
  };
  const passable = () => state !== 'asking' && state !== 'closed';

  return {
    state: () => state,
    passable,
    safe: () => state === 'open' || state === 'unguarded',
    pass: async () => {
      if (state === 'asking') await Promise.race([answered, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
      if (!passable()) throw new StoreFenced();
    },
    guard: ask,
    connected: (to) => {
      const replaced = to !== server;
      server = to;
      if (replaced && state !== 'unguarded') ask();
    },
    server: () => server,
    judge: (of, verdict) => {
      if (of !== server) return;
      state = verdict;
      answer();
    },
  };
}
