import type { EventTopic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import { startLoop, type Loop } from '../loop';
import type { Metrics } from '../metrics';
import type { Fence } from '../postgres/fence';
import type { Store } from '../postgres/store';
import type { Broker, IncomingMessage } from './broker';
import { readTail } from './tail';

/** A topic that tells what the store must know. */
export interface Witness {
  topic: EventTopic;
  /** What a message says that the store must know, if it says such a thing. */
  idOf(message: IncomingMessage): string | undefined;
  /** SQL that gives those of the ids `$1` (text) that the store knows, as `id` (text). */
  known: string;
}

/** A service's own topic: each of its events was in the outbox before. */
export const ownTopic = (service: string): Witness => ({
  topic: `${service}.events` as EventTopic,
  idOf: ({ headers }) => (headers.ce_source === `outerpark/${service}` ? headers.ce_id : undefined),
  known: 'SELECT event_id::text AS id FROM outbox WHERE event_id = ANY($1::uuid[])',
});

export interface WitnessOptions {
  store: Store & { fence: Fence };
  broker: Broker;
  witnesses: Witness[];
  logger: Logger;
  metrics: Metrics;
}

/** A server that was put back sends nothing before it is judged, so what it lacks is at the very end of its topic. */
const DEPTH = 100;
const LOOK_MS = 200;

/**
 * Finds out of each server that answers as the service's store whether it is as new as Kafka: when a witness tells what the store
 * does not know, such as an event of its own, the store was put back to an earlier time and its fence is closed. It
 * opens by itself when the store knows all of it. While Kafka cannot be asked nobody knows, and this goes on asking.
 */
export function watchStore({ store, broker, witnesses, logger, metrics }: WitnessOptions): Loop {
  const { fence } = store;
  let asked = '';
  let missing = new Map<Witness, string[]>();
  fence.guard();
  measureFence(metrics, fence);

  const look = async () => {
    missing = new Map();
    const since = await forgottenUntil(store);
    for (const witness of witnesses) {
      const tail = (await readTail(broker, witness.topic, DEPTH)).filter((message) => timeOf(message) >= since);
      const unknown = await unknownTo(
        store,
        witness,
        tail.flatMap((message) => witness.idOf(message) ?? []),
      );
      if (unknown.length > 0) missing.set(witness, unknown);
    }
    const closed = missing.size > 0;
    const told = [...missing].map(([{ topic }, ids]) => ({ topic, missing: ids.length, first: ids[0] }));
    if (closed && fence.state() !== 'closed') logger.error({ told }, 'the store was put back: writes are off');
    if (!closed && fence.state() === 'closed') logger.info('the store knows all its events: writes are on');
    fence.judge(asked, closed ? 'closed' : 'open');
  };
  const stillMissing = async () => {
    for (const [witness, ids] of missing) if ((await unknownTo(store, witness, ids)).length > 0) return true;
    return false;
  };

  return startLoop({
    name: 'witness',
    logger,
    idleMs: LOOK_MS,
    maxBackoffMs: 1_000,
    work: async () => {
      const judged = asked === fence.server();
      if (judged && fence.state() === 'open') return 'idle';
      if (judged && fence.state() === 'closed' && (await stillMissing())) return 'idle';
      asked = fence.server();
      try {
        await look();
      } catch (error) {
        fence.judge(asked, 'unknown');
        throw error;
      }
      return 'idle';
    },
  });
}

const timeOf = ({ headers }: IncomingMessage): number => Date.parse(headers.ce_time ?? '');

/** An event's time is of another clock than that of its sending. */
const CLOCKS_MS = 60_000;

/** Up to when events may have left the outbox: what happened later it has to know. Milliseconds since 1970. */
async function forgottenUntil(store: Pick<Store, 'query'>): Promise<number> {
  const [row] = await store.query<{ until: Date }>(`SELECT until FROM forgotten WHERE what = 'outbox'`);
  return row ? row.until.getTime() + CLOCKS_MS : 0;
}

async function unknownTo(store: Pick<Store, 'query'>, { known }: Witness, ids: string[]): Promise<string[]> {
  const rows = await store.query<{ id: string }>(known, [ids]);
  const found = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !found.has(id));
}

function measureFence(metrics: Metrics, fence: Fence): void {
  new Gauge({
    name: 'store_fenced',
    help: '1 while the store is read only because it was put back to an earlier time',
    registers: [metrics],
    collect() {
      this.set(Number(fence.state() === 'closed'));
    },
  });
}
