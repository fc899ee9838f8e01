import type { Broker, OutgoingMessage } from '../../src/messaging/broker';

export interface FakeBroker extends Broker {
  /** All that was stored, in order. */
  sent: OutgoingMessage[];
  /** How often somebody tried. */
  calls: number;
  /** Comes before a batch is stored: throws as a broker that is down, waits as one that is slow. */
  before: () => Promise<void>;
}

/** A broker of one partition, in memory. */
export function createFakeBroker(): FakeBroker {
  const broker: FakeBroker = {
    sent: [],
    calls: 0,
    before: () => Promise.resolve(),
    publish: async (messages) => {
      broker.calls++;
      await broker.before();
      broker.sent.push(...messages);
    },
    subscribe: () => {
      throw new Error('nobody consumes here');
    },
    ends: () => Promise.resolve([broker.sent.length]),
    ensureTopics: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return broker;
}

export const versionOf = ({ value }: { value: string | null }) => (JSON.parse(value!) as { version: number }).version;

/** The versions of each aggregate in the order in which they first came: what a consumer that knows ids makes of it. */
export function firstSeen(sent: OutgoingMessage[]): Map<string, number[]> {
  const ids = new Set<string>();
  const seen = new Map<string, number[]>();
  for (const message of sent) {
    const id = message.headers.ce_id!;
    if (ids.has(id)) continue;
    ids.add(id);
    seen.set(message.key, [...(seen.get(message.key) ?? []), versionOf(message)]);
  }
  return seen;
}

/** A place where somebody waits until it is opened. */
export function gate() {
  let open: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const wait = async () => {
    arrive();
    await opened;
  };
  return { wait, arrived, open };
}
