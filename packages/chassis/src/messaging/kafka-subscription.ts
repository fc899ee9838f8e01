import type { Topic } from '@outerpark/contracts/topics';
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import type { IncomingMessage, SubscribeOptions, Subscription, SubscriptionHealth } from './broker';

export interface Surroundings {
  inKafka(name: string): string;
  ours(topic: string): Topic;
  logger: Logger;
  sessionTimeoutMs: number;
}

/** One kafkajs consumer from its start to its end. */
interface Member {
  health(): SubscriptionHealth;
  /** Settles when the consumer has left the group and disconnected; rejects with the reason when it was not asked to. */
  ended: Promise<void>;
  stop(): void;
}

const MAX_PAUSE_BETWEEN_MEMBERS_MS = 2_000;
const PAUSE_WHEN_AHEAD_MS = 1_000;
const SHOW_LAG_EVERY_MS = 1_000;
const NONE: SubscriptionHealth = { joined: false, assigned: [], paused: [] };

/** Keeps one member in the group: whatever ends a consumer, another is made after a pause. */
export function subscribe(kafka: Kafka, options: SubscribeOptions, surroundings: Surroundings): Subscription {
  const { logger } = surroundings;
  const { groupId } = options;
  let member: Member | undefined;
  let stopping = false;
  let endPause: () => void = () => undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    for (let failures = 0; !stopping; failures++) {
      const startedAt = Date.now();
      member = startMember(kafka, options, surroundings);
      try {
        await member.ended;
      } catch (error) {
        if (Date.now() - startedAt > 60_000) failures = 0;
        if (failures % 10 === 0) logger.warn({ err: error, groupId }, 'consumer ended, starting another');
      }
      member = undefined;
      if (!stopping) await pause(Math.min(200 * 2 ** Math.min(failures, 4), MAX_PAUSE_BETWEEN_MEMBERS_MS));
    }
  };
  const ended = run();

  return {
    health: () => member?.health() ?? NONE,
    stop: async () => {
      stopping = true;
      member?.stop();
      endPause();
      await ended;
    },
  };
}

function startMember(
  kafka: Kafka,
  { groupId, topics, transient, position, apply }: SubscribeOptions,
  { inKafka, ours, logger, sessionTimeoutMs }: Surroundings,
): Member {
  const consumer = kafka.consumer({
    groupId: inKafka(groupId),
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs * 1.5,
    heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 5),
    maxWaitTimeInMs: 500,
    // A fetch is applied whole before the next, so a small one keeps a busy partition from holding up the others.
    maxBytesPerPartition: 128 * 1024,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
  const assigned = new Set<string>();
  const paused = new Map<string, NodeJS.Timeout>();
  let heartbeatAt = 0;
  /** Resolves when all partitions of the present assignment have been sought to where the service's store says. */
  let positioned = Promise.resolve();
  /** A heartbeat failed, most likely because the group rebalances: what was fetched is left to the partition's next owner. */
  let interrupted = false;
  let stopping = false;

  let stop: () => void = () => undefined;
  let fail: (reason: unknown) => void = () => undefined;
  const over = new Promise<void>((resolve, reject) => {
    stop = () => {
      stopping = true;
      resolve();
    };
    fail = (reason) => {
      stopping = true;
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
  });

  const seek = (topic: Topic, partition: number, offset: number) =>
    consumer.seek({ topic: inKafka(topic), partition, offset: String(offset) });

  const take = async (assignment: Record<string, number[]>): Promise<void> => {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const next = await position(ours(topic), partition);
        if (assigned.has(`${ours(topic)}/${partition}`)) seek(ours(topic), partition, next);
      }
    }
  };

  const pauseFor = (name: string, ms: number, pause: () => () => void): void => {
    const resume = pause();
    const timer = setTimeout(() => {
      paused.delete(name);
      resume();
    }, ms);
    paused.set(name, timer);
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, heartbeat, isRunning, isStale, pause } = payload;
    const topic = ours(batch.topic);
    const { partition } = batch;
    const name = `${topic}/${partition}`;
    // Stale: fetched before its partition was sought to somewhere else.
    const mine = () => !stopping && !interrupted && isRunning() && !isStale() && assigned.has(name);

    await positioned;
    let messages = batch.messages.map(toIncoming);
    while (messages.length > 0 && mine()) {
      const first = messages[0]!.offset;
      const { next, pauseMs } = await apply({ topic, partition, messages });
      if (!assigned.has(name)) return;
      messages = messages.filter(({ offset }) => offset >= next);
      if (next < first || next > Number(batch.lastOffset()) + 1) seek(topic, partition, next);
      else if (next > first) resolveOffset(String(next - 1));
      if (next > first) showLag(topic, partition, next);
      // Of a topic that was made anew, or lost its tail, the broker gives what it has again and again.
      const missing = next > Number(batch.highWatermark);
      if (missing) logger.warn({ partition: name, next, end: batch.highWatermark }, 'the store is ahead of the topic');
      if (missing || pauseMs !== undefined) {
        pauseFor(name, pauseMs ?? PAUSE_WHEN_AHEAD_MS, pause);
        messages = [];
      }
      await beat(heartbeat);
    }
  };

  const beat = async (heartbeat: () => Promise<void>): Promise<void> => {
    try {
      await heartbeat();
    } catch (error) {
      interrupted = true;
      throw error;
    }
  };

  // The truth is in the service's store, so a lost commit costs nothing, and one a second is enough to look at.
  const reached = new Map<string, { topic: string; partition: number; offset: string }>();
  let telling: NodeJS.Timeout | undefined;
  const showLag = (topic: Topic, partition: number, next: number): void => {
    if (transient) return;
    reached.set(`${topic}/${partition}`, { topic: inKafka(topic), partition, offset: String(next) });
    telling ??= setTimeout(() => {
      telling = undefined;
      const mine = [...reached].filter(([name]) => assigned.has(name)).map(([, offset]) => offset);
      reached.clear();
      if (mine.length > 0 && !stopping) consumer.commitOffsets(mine).catch(() => undefined);
    }, SHOW_LAG_EVERY_MS);
  };

  const { CRASH, FETCH_START, GROUP_JOIN, HEARTBEAT } = consumer.events;
  consumer.on(CRASH, ({ payload }) => fail(payload.error));
  consumer.on(FETCH_START, () => (interrupted = false));
  consumer.on(HEARTBEAT, () => (heartbeatAt = Date.now()));
  consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    heartbeatAt = Date.now();
    assigned.clear();
    for (const [topic, partitions] of Object.entries(memberAssignment)) {
      for (const partition of partitions) assigned.add(`${ours(topic)}/${partition}`);
    }
    logger.info({ groupId, partitions: assigned.size }, 'joined the consumer group');
    positioned = take(memberAssignment).catch(fail);
  });

  const run = async () => {
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: topics.map(inKafka), fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        // All of a fetch at once: they are applied together.
        partitionsConsumedConcurrently: 100,
        eachBatch,
      });
      await over;
    } finally {
      stopping = true;
      for (const timer of paused.values()) clearTimeout(timer);
      clearTimeout(telling);
      await consumer.disconnect().catch(() => undefined);
    }
  };
  over.catch(() => undefined);

  return {
    health: () => ({
      joined: Date.now() - heartbeatAt < sessionTimeoutMs,
      assigned: [...assigned].sort(),
      paused: [...paused.keys()].filter((name) => assigned.has(name)).sort(),
    }),
    ended: run(),
    stop,
  };
}

const toIncoming = ({ offset, key, headers, value }: KafkaMessage): IncomingMessage => ({
  offset: Number(offset),
  key: key?.toString() ?? '',
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, header]) => [name, String(header)])),
  value: value === null ? null : value.toString(),
});
