import { lookup as lookUp } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { errorMessage } from '../errors';
import type { Logger } from '../logger';
import { startLoop } from '../loop';

/** All addresses of a host name. Rejects as `dns.lookup` does. */
export type Lookup = (hostname: string) => Promise<string[]>;

/** Where the replicas of one service are. */
export interface ReplicaUrls {
  /** Base URLs of those that are known now. */
  urls(): string[];
  /** Throws the reason while there is a name that nobody could be asked about yet. For readiness. */
  check(): void;
  /** Resolves when every name has been looked up once, with an answer or without. */
  looked: Promise<void>;
  stop(): Promise<void>;
}

interface FollowOptions {
  /** Base URLs; of `dns+http://name:port` every address of the name is one, looked up again and again. */
  urls: string[];
  /** Is told the URLs each time that they have changed. */
  onChange?: (urls: string[]) => void;
  logger: Logger;
  lookup?: Lookup;
  everyMs?: number;
}

const EVERY_MS = 2_000;
/** A name server that has just begun may deny a name that there is: it has to do so again and again. */
const DENIALS = 3;

const DNS = 'dns+';

/** Follows the addresses behind names. While no name server answers, those that are known stay. */
export function followReplicas(options: FollowOptions): ReplicaUrls {
  const { onChange = () => undefined, logger, lookup = everyAddress, everyMs = EVERY_MS } = options;
  const names = options.urls.filter((url) => url.startsWith(DNS)).map((url) => followName(url, lookup));
  const list = () => [
    ...new Set(options.urls.flatMap((url) => names.find((name) => name.url === url)?.urls() ?? [url])),
  ];

  let known = list();
  const look = async () => {
    const outcomes = await Promise.allSettled(names.map((name) => name.look()));
    const now = list();
    if (now.join() !== known.join()) {
      known = now;
      logger.info({ names: names.map(({ url }) => url), replicas: now }, 'replicas have changed');
      onChange(now);
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    return 'idle' as const;
  };
  let first: () => void = () => undefined;
  const looked = names.length === 0 ? Promise.resolve() : new Promise<void>((resolve) => (first = resolve));
  const loop =
    names.length === 0
      ? undefined
      : startLoop({
          ...{ name: `look up ${names.map(({ url }) => url).join(', ')}`, logger, idleMs: everyMs },
          work: () => look().finally(first),
        });

  return {
    urls: () => known,
    check: () => {
      for (const { url, problem } of names) if (problem() !== undefined) throw new Error(`${url}: ${problem()}`);
    },
    looked,
    stop: async () => loop?.stop(),
  };
}

interface FollowedName {
  url: string;
  urls(): string[];
  /** Why nothing is known of it; undefined once a name server has answered. */
  problem(): string | undefined;
  /** Throws when no name server answers. */
  look(): Promise<void>;
}

function followName(url: string, lookup: Lookup): FollowedName {
  const { hostname, port } = new URL(url.slice(DNS.length));
  let found: string[] = [];
  let problem: string | undefined = 'not looked up yet';
  let denials = 0;

  return {
    url,
    urls: () => found,
    problem: () => problem,
    look: async () => {
      try {
        const addresses = await lookup(hostname).catch(noneIfDenied);
        denials = addresses.length > 0 ? 0 : denials + 1;
        if (denials === 0 || denials >= DENIALS) found = addresses.sort().map((address) => urlOf(address, port));
        problem = undefined;
      } catch (error) {
        if (problem !== undefined) problem = errorMessage(error);
        throw error;
      }
    },
  };
}

const urlOf = (address: string, port: string): string =>
  `http://${isIPv6(address) ? `[${address}]` : address}${port === '' ? '' : `:${port}`}`;

/** A name without any address, such as that of a service without a pod. Whatever else fails is no answer. */
function noneIfDenied(error: unknown): string[] {
  if ((error as { code?: unknown }).code === 'ENOTFOUND') return [];
  throw error;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * By the system's resolver, so that search domains and the hosts file count. It blocks one of Node's four threads until it has its answer,
 * which files and compression need too: so only one name is looked up at a time.
 */
const everyAddress: Lookup = async (hostname) => {
  const found = last.then(() => lookUp(hostname, { all: true }));
  last = found.catch(() => undefined);
  return (await found).map(({ address }) => address);
};
