import { errorMessage } from '@outerpark/chassis/errors';
import { followReplicas, type Lookup } from '@outerpark/chassis/http/replica-urls';
import { startLoop } from '@outerpark/chassis/loop';
import type { Logger } from '@outerpark/chassis/logger';
import { createHash } from 'node:crypto';
import { Agent, Pool, request, type Dispatcher } from 'undici';

/** One process of a service, with its keep-alive connections. */
export interface Replica {
  readonly url: string;
  readonly pool: Pool;
  /** It gave no answer: the others are preferred until it says that it is ready. */
  doubt(reason: unknown): void;
}

/** All replicas of one service. Both orders name every replica that is known now, the doubted ones last: they are better than none. */
export interface Replicas {
  readonly all: Replica[];
  /** Throws the reason while it is not known yet where they are. For readiness. */
  check(): void;
  inDoubt(): number;
  /** Each request begins with the next one. */
  inTurn(): Replica[];
  /** A key begins with the same one as long as it answers, and only the keys of one that fails move (rendezvous hashing). */
  nearestTo(key: string): Replica[];
  close(): Promise<void>;
}

interface ReplicaOptions {
  service: string;
  /** See followReplicas. */
  urls: string[];
  lookup?: Lookup;
  /** From the end of the request to the answer's headers, in milliseconds. */
  timeoutMs: number;
  logger: Logger;
}

const CONNECT_MS = 1_000;
/** Between two chunks of an answer: streams beat more often. */
const SILENCE_MS = 60_000;
const PROBE_EVERY_MS = 500;
const PROBE_MS = 1_000;

export function createReplicas({ service, urls, lookup, timeoutMs, logger }: ReplicaOptions): Replicas {
  const doubted = new Set<Replica>();

  const begin = (url: string): Replica => {
    // No limit of connections: a request that waits for a free one is under no timeout, and streams would take them all.
    const pool = new Pool(url, {
      connect: { timeout: CONNECT_MS },
      headersTimeout: timeoutMs,
      bodyTimeout: SILENCE_MS,
    });
    const doubt = (reason: unknown) => {
      // Nobody counts on one that has left, or that has not been ready yet.
      if (!replicas.includes(replica) || doubted.has(replica)) return;
      logger.warn({ upstream: service, url, reason: errorMessage(reason) }, 'replica in doubt');
      doubted.add(replica);
    };
    const replica: Replica = { url, pool, doubt };
    return replica;
  };
  const trust = (replica: Replica) => {
    if (doubted.delete(replica)) logger.info({ upstream: service, url: replica.url }, 'replica trusted');
  };

  const trustedFirst = (order: Replica[]): Replica[] =>
    doubted.size === 0 ? order : [...order.filter((r) => !doubted.has(r)), ...order.filter((r) => doubted.has(r))];

  // A replica is its address. One that is found comes after the others until it says that it is ready; one that is gone finishes
  // what it has begun, and whoever gets its address later is another.
  const change = (now: string[]) => {
    const before = replicas;
    const found = now.filter((url) => !before.some((replica) => replica.url === url)).map(begin);
    const gone = before.filter(({ url }) => !now.includes(url));
    replicas = now.map((url) => [...before, ...found].find((replica) => replica.url === url)!);
    for (const replica of found) doubted.add(replica);
    for (const replica of gone) {
      doubted.delete(replica);
      void replica.pool.close();
    }
    probes.wake();
  };
  const followed = followReplicas({ urls, onChange: change, logger, lookup });
  let replicas = followed.urls().map(begin);

  // A frozen replica still accepts connections, and one that drains or catches up still answers: so each is asked, and no
  // customer's request has to find it out.
  const prober = new Agent({ connections: 1, connect: { timeout: CONNECT_MS }, headersTimeout: PROBE_MS });
  const probes = startLoop({
    name: `probe ${service}`,
    logger,
    idleMs: PROBE_EVERY_MS,
    work: async () => {
      await Promise.all(
        replicas.map((replica) => probe(replica.url, prober).then(() => trust(replica), replica.doubt)),
      );
      return 'idle';
    },
  });

  let turn = 0;
  return {
    get all() {
      return replicas;
    },
    check: followed.check,
    inDoubt: () => doubted.size,
    inTurn: () => {
      const first = turn++ % Math.max(1, replicas.length);
      return trustedFirst([...replicas.slice(first), ...replicas.slice(0, first)]);
    },
    nearestTo: (key) => {
      if (replicas.length < 2) return replicas;
      const weighed = replicas.map((replica) => ({ replica, weight: weight(key, replica.url) }));
      return trustedFirst(weighed.sort((a, b) => b.weight - a.weight).map(({ replica }) => replica));
    },
    close: async () => {
      await followed.stop();
      await probes.stop();
      await Promise.all([prober, ...replicas.map(({ pool }) => pool)].map((dispatcher) => dispatcher.close()));
    },
  };
}

const weight = (key: string, url: string): number =>
  createHash('sha256').update(`${url}\n${key}`).digest().readUIntBE(0, 6);

/** Throws the reason unless the replica says that it is ready. */
async function probe(url: string, dispatcher: Dispatcher): Promise<void> {
  const { statusCode, body } = await request(`${url}/readyz`, { dispatcher });
  await body.dump();
  if (statusCode !== 200) throw new Error(`/readyz answered ${statusCode}`);
}
