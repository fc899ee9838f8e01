import { problem } from '@outerpark/chassis/errors';
import type { Logger } from '@outerpark/chassis/logger';
import { startLoop } from '@outerpark/chassis/loop';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import type { RunningConsumer } from '@outerpark/chassis/messaging/consumer';
import { eventTopics } from '@outerpark/contracts/topics';
import { viewAsOf } from '../persistence/pages';
import type { Replica } from '../persistence/replica';

export interface CatchUpOptions {
  replica: Replica;
  broker: Pick<Broker, 'ends'>;
  /** Begins to fold; undefined when another process on the same file does it. */
  consume: () => RunningConsumer | undefined;
  /** Without Kafka for so long, a file that was complete before is shown as of then, in milliseconds. */
  patienceMs: number;
  /** The view that was shown is forgotten and folded anew. */
  onHidden: () => void;
  logger: Logger;
}

export interface CatchUp {
  /** Throws with the reason while the view may not be shown. For readiness. */
  ready(): void;
  /** As `ready`, for a caller: throws `service-unavailable`. */
  requireComplete(): void;
  /** Finishes the batches under way and leaves the group. */
  stop(): Promise<void>;
}

const CHECK_MS = 100;

/**
 * Folds, and holds the view back until it has everything that was in Kafka at the start. Once shown it stays shown: when
 * Kafka goes away later, X-As-Of tells how old the view is. So it does after a start without Kafka, if the file was complete before.
 */
export function startCatchUp(options: CatchUpOptions): CatchUp {
  const { replica, broker, consume, patienceMs, onHidden, logger } = options;
  let ends: Positions | undefined;
  let consumer: RunningConsumer | undefined;
  let behind: string[] | undefined;
  let shown = false;
  let kafkaSeenAt = performance.now();

  const begin = async (): Promise<Positions> => {
    // The positions first: of the same Kafka the ends cannot be smaller.
    const applied = await readPositions(replica);
    const found = await readEnds(broker);
    if (notReached(applied, found).length > 0) {
      logger.error('the file has events that this Kafka does not have: folding anew');
      shown = false;
      onHidden();
      await replica.clear();
    }
    consumer = consume();
    return found;
  };

  const work = async (): Promise<'idle'> => {
    ends ??= await begin();
    // A consumer that is not in its group yet may be waiting for one that was killed: is Kafka there all the same?
    if (!consumer?.health().joined) await broker.ends('reservation.events');
    kafkaSeenAt = performance.now();
    behind = notReached(ends, await readPositions(replica));
    // It is shown only with the time as of which it is true, which takes the first look at each partition's end.
    if (behind.length > 0 || (await viewAsOf(replica.store)) === undefined) return 'idle';
    await replica.complete();
    shown = true;
    logger.info('caught up with the ends seen at the start');
    void loop.stop();
    return 'idle';
  };
  const loop = startLoop({ name: 'catch up', logger, work, idleMs: CHECK_MS, maxBackoffMs: 1_000 });

  const reasonToWait = (): string | undefined => {
    if (shown) return undefined;
    if (replica.wasComplete() && performance.now() - kafkaSeenAt >= patienceMs) {
      logger.warn('Kafka cannot be reached: showing the view as it was');
      shown = true;
      return undefined;
    }
    return behind ? `catching up: ${behind.length} partitions are behind` : 'waiting for Kafka';
  };

  return {
    ready: () => {
      const reason = reasonToWait();
      if (reason) throw new Error(reason);
    },
    requireComplete: () => {
      const reason = reasonToWait();
      if (reason) throw problem('service-unavailable', reason, { retryAfterSeconds: 1 });
    },
    stop: async () => {
      await loop.stop();
      await consumer?.stop();
    },
  };
}

/** `topic/partition` -> the offset behind the last message. */
type Positions = Map<string, number>;

/** The partitions in which `position` has not come as far as `goal`. */
const notReached = (goal: Positions, position: Positions): string[] =>
  [...goal.keys()].filter((partition) => (position.get(partition) ?? 0) < goal.get(partition)!);

async function readPositions({ store }: Replica): Promise<Positions> {
  const rows = await store.read<{ topic: string; partition: number; next_offset: number }>(
    'SELECT topic, partition, next_offset FROM consumer_offset',
  );
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, row.next_offset]));
}

async function readEnds(broker: Pick<Broker, 'ends'>): Promise<Positions> {
  const topics = await Promise.all(eventTopics.map(async (topic) => ({ topic, ends: await broker.ends(topic) })));
  return new Map(topics.flatMap(({ topic, ends }) => ends.map((end, partition) => [`${topic}/${partition}`, end])));
}
