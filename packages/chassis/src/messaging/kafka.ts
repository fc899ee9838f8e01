import { CONTACTS_TOPIC, eventTopics, PARTITIONS, type Topic } from '@outerpark/contracts/topics';
import { Kafka, logLevel, Partitioners, type Consumer, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import type { BatchOutcome, Broker, IncomingMessage, SubscribeOptions, Subscription } from './broker';

export interface KafkaOptions {
  brokers: string[];
  clientId: string;
  /** Put before every topic's name, so that installations and tests can share a cluster. */
  topicPrefix: string;
  logger: Logger;
  /** A member that is silent for so long is out of its group, in milliseconds. */
  sessionTimeoutMs?: number;
}

const FOR_GOOD = [{ name: 'retention.ms', value: '-1' }];
const COMPACTED = [{ name: 'cleanup.policy', value: 'compact' }];

/** Apache Kafka by kafkajs: the only file that knows it. */
export function connectKafka({
  brokers,
  clientId,
  topicPrefix,
  logger,
  sessionTimeoutMs = 10_000,
}: KafkaOptions): Broker {
  const kafka = new Kafka({
    clientId,
    brokers,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // Few and short: every caller has a loop of its own that goes on for ever.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, ...rest } = entry.log;
      const details = { kafkajs: entry.namespace, error: (rest as { error?: unknown }).error };
      // What kafkajs calls an error is mostly a connection that it opens again; failures that last are told by our loops.
      if (entry.level <= logLevel.WARN) logger.debug(details, message);
    },
  });
  const inKafka = (topic: Topic) => topicPrefix + topic;
  const ours = (topic: string) => topic.slice(topicPrefix.length) as Topic;

  // One send in flight: order within a key survives retries.
  const producer = lazily(() =>
    kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
    }),
  );
  const admin = lazily(() => kafka.admin());

  return {
    publish: async (messages) => {
      const byTopic = groupBy(messages, (message) => message.topic);
      const connected = await producer.get();
      await connected.sendBatch({
        acks: -1,
        timeout: 10_000,
        topicMessages: [...byTopic].map(([topic, group]) => ({
          topic: inKafka(topic),
          messages: group.map(({ key, headers, value }) => ({ key, headers, value })),
        })),
      });
    },

    subscribe: (options) => subscribe(kafka, options, { inKafka, ours, logger, sessionTimeoutMs }),

    ends: async (topic) => {
      const connected = await admin.get();
      const offsets = await connected.fetchTopicOffsets(inKafka(topic));
      return offsets.sort((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
    },

    ensureTopics: async () => {
      const connected = await admin.get();
      const existing = new Set(await connected.listTopics());
      const wanted: Topic[] = [...eventTopics, CONTACTS_TOPIC];
      const missing = wanted.filter((topic) => !existing.has(inKafka(topic)));
      if (missing.length > 0) {
        await connected.createTopics({
          waitForLeaders: true,
          topics: missing.map((topic) => ({
            topic: inKafka(topic),
            numPartitions: PARTITIONS,
            configEntries: topic === CONTACTS_TOPIC ? COMPACTED : FOR_GOOD,
          })),
        });
      }
      const { topics } = await connected.fetchTopicMetadata({ topics: wanted.map(inKafka) });
      const odd = topics.find(({ partitions }) => partitions.length !== PARTITIONS);
      if (odd)
        throw new WrongPartitionCount(`topic ${odd.name} has ${odd.partitions.length} partitions, not ${PARTITIONS}`);
    },

    close: async () => {
      await producer.close();
      await admin.close();
    },
  };
}

/** Keys would go to other partitions than before, so the order within an aggregate would be lost: nothing may run. */
export class WrongPartitionCount extends Error {}

interface Naming {
  inKafka(topic: Topic): string;
  ours(topic: string): Topic;
  logger: Logger;
  sessionTimeoutMs: number;
}

/** Keeps one member of the group alive: whatever ends a consumer, another is made after a pause. */
function subscribe(kafka: Kafka, options: SubscribeOptions, naming: Naming): Subscription {
  const { logger } = naming;
  const assigned = new Set<string>();
  const paused = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();
  let heartbeatAt = 0;
  let stopping = false;
  let endRun: () => void = () => undefined;

  /** Partitions whose position was taken from the service's store since the last assignment. */
  const positioned = new Map<string, number>();

  /** Moves the partitions just assigned to where the store says. A batch that was faster meets the same check below. */
  const seekAll = async (consumer: Consumer, names: string[]): Promise<void> => {
    for (const name of names) {
      const [topic, partition] = split(name);
      const position = await options.position(topic, partition);
      if (!assigned.has(name) || positioned.has(name)) continue;
      consumer.seek({ topic: naming.inKafka(topic), partition, offset: String(position) });
    }
  };

  const eachBatch = async (consumer: Consumer, payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const topic = naming.ours(batch.topic);
    const name = `${topic}/${batch.partition}`;
    if (stopping || !isRunning() || isStale()) return;

    const pauseFor = (ms: number) => {
      const resume = payload.pause();
      paused.add(name);
      const timer = setTimeout(() => {
        timers.delete(timer);
        paused.delete(name);
        resume();
      }, ms);
      timers.add(timer);
    };

    let position = positioned.get(name);
    if (position === undefined) {
      try {
        position = await options.position(topic, batch.partition);
      } catch (error) {
        logger.warn({ err: error, partition: name }, 'position could not be read, trying again');
        return pauseFor(1_000);
      }
      positioned.set(name, position);
      if (Number((batch as unknown as { fetchedOffset: string }).fetchedOffset) !== position) {
        consumer.seek({ topic: batch.topic, partition: batch.partition, offset: String(position) });
        return;
      }
    }

    const messages = batch.messages.map(toIncoming);
    if (messages.length === 0) return;
    const { next, pauseMs } = await options.apply({ topic, partition: batch.partition, messages });
    if (!assigned.has(name)) return;
    positioned.set(name, next);
    const last = batch.lastOffset();
    if (next > Number(last) + 1 || next <= messages[0]!.offset) {
      if (next !== messages[0]!.offset)
        consumer.seek({ topic: batch.topic, partition: batch.partition, offset: String(next) });
    } else {
      resolveOffset(String(next - 1));
    }
    if (pauseMs !== undefined) pauseFor(pauseMs);
    // Only to show lag; the truth is in the service's store, so a lost commit costs nothing.
    const lag = { topic: batch.topic, partition: batch.partition, offset: String(next) };
    if (next > messages[0]!.offset && !options.transient) void consumer.commitOffsets([lag]).catch(() => undefined);
    await heartbeat();
  };

  const runOnce = async (): Promise<void> => {
    const consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: naming.sessionTimeoutMs,
      rebalanceTimeout: naming.sessionTimeoutMs * 1.5,
      heartbeatInterval: Math.min(1_000, naming.sessionTimeoutMs / 5),
      maxWaitTimeInMs: 500,
      maxBytesPerPartition: 256 * 1024,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: () => Promise.resolve(false) },
    });
    const ended = new Promise<void>((resolve, reject) => {
      endRun = resolve;
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    ended.catch(() => undefined);
    consumer.on(consumer.events.HEARTBEAT, () => (heartbeatAt = Date.now()));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      heartbeatAt = Date.now();
      positioned.clear();
      assigned.clear();
      for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
        for (const partition of partitions) assigned.add(`${naming.ours(topic)}/${partition}`);
      }
      logger.info({ groupId: options.groupId, partitions: assigned.size }, 'joined the consumer group');
      seekAll(consumer, [...assigned]).catch((error: unknown) => {
        logger.warn({ err: error, groupId: options.groupId }, 'positions could not be read, starting another consumer');
        endRun();
      });
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: options.topics.map((topic) => naming.inKafka(topic)), fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 4,
        eachBatch: (payload) => eachBatch(consumer, payload),
      });
      await ended;
    } finally {
      assigned.clear();
      positioned.clear();
      paused.clear();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await consumer.disconnect().catch(() => undefined);
    }
  };

  const running = (async () => {
    for (let failures = 0; !stopping; failures++) {
      const startedAt = Date.now();
      await runOnce().catch((error: unknown) => {
        if (Date.now() - startedAt > 60_000) failures = 0;
        if (failures % 10 === 0)
          logger.warn({ err: error, groupId: options.groupId }, 'consumer ended, starting another');
      });
      if (!stopping)
        await new Promise((resolve) => setTimeout(resolve, Math.min(200 * 2 ** Math.min(failures, 4), 2_000)));
    }
  })();

  return {
    health: () => ({
      joined: Date.now() - heartbeatAt < naming.sessionTimeoutMs,
      assigned: [...assigned].sort(),
      paused: [...paused].sort(),
    }),
    stop: async () => {
      stopping = true;
      endRun();
      await running;
    },
  };
}

const toIncoming = ({ offset, key, headers, value }: KafkaMessage): IncomingMessage => ({
  offset: Number(offset),
  key: key?.toString() ?? '',
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, header]) => [name, String(header)])),
  value: value === null ? null : value.toString(),
});

const split = (name: string): [Topic, number] => {
  const slash = name.lastIndexOf('/');
  return [name.slice(0, slash) as Topic, Number(name.slice(slash + 1))];
};

function groupBy<T, K>(items: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Connects at first use; a failed connection is tried again at the next use, by a new client. */
function lazily<T extends Connectable>(create: () => T): { get(): Promise<T>; close(): Promise<void> } {
  let current: Promise<T> | undefined;
  return {
    get: () => {
      current ??= (async () => {
        const client = create();
        try {
          await client.connect();
          return client;
        } catch (error) {
          current = undefined;
          await client.disconnect().catch(() => undefined);
          throw error;
        }
      })();
      return current;
    },
    close: async () => {
      const client = await current?.catch(() => undefined);
      current = undefined;
      await client?.disconnect().catch(() => undefined);
    },
  };
}
