import { CONTACTS_TOPIC, eventTopics, PARTITIONS, type Topic } from '@outerpark/contracts/topics';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Admin, type LogEntry, type SASLOptions } from 'kafkajs';
import type { Logger } from 'pino';
import { TransientError } from '../errors';
import { WrongPartitionCount, type Broker, type OutgoingMessage } from './broker';
import type { KafkaAccess } from './kafka-access';
import { subscribe } from './kafka-subscription';

export interface KafkaOptions extends KafkaAccess {
  clientId: string;
  logger: Logger;
  /** A member that is silent for so long is out of its group, in milliseconds. */
  sessionTimeoutMs?: number;
}

const FOR_GOOD = [{ name: 'retention.ms', value: '-1' }];
const COMPACTED = [{ name: 'cleanup.policy', value: 'compact' }];
const REQUEST_TIMEOUT_MS = 5_000;
/** All of one partition travel as one record batch, and the broker takes none over 1 MB. */
const MAX_REQUEST_BYTES = 900_000;

/** Apache Kafka by kafkajs: this file and kafka-subscription.ts are the only ones that know it. */
export function connectKafka({
  brokers,
  clientId,
  topicPrefix,
  tls,
  sasl,
  logger,
  sessionTimeoutMs = 10_000,
}: KafkaOptions): Broker {
  const kafka = new Kafka({
    clientId,
    brokers,
    ...(tls && { ssl: tls }),
    ...(sasl && { sasl: sasl as SASLOptions }),
    connectionTimeout: 3_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Few and short: every caller has a loop of its own that goes on for ever.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => tell(logger, entry),
  });
  const inKafka = (name: string) => topicPrefix + name;
  const ours = (name: string) => name.slice(topicPrefix.length) as Topic;

  const producer = renewable(() =>
    kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      // Order within a key survives retries.
      maxInFlightRequests: 1,
      retry: { retries: 1 },
    }),
  );
  const admin = renewable(() => kafka.admin());

  return {
    publish: async (messages) => {
      for (const some of inRequests(messages)) {
        const byTopic = groupBy(some, (message) => message.topic);
        const topicMessages = [...byTopic].map(([topic, group]) => ({
          topic: inKafka(topic),
          messages: group.map(({ key, headers, value }) => ({ key, headers, value })),
        }));
        await producer.use((client) => client.sendBatch({ acks: -1, timeout: REQUEST_TIMEOUT_MS, topicMessages }));
      }
    },

    subscribe: (options) => subscribe(kafka, options, { inKafka, ours, logger, sessionTimeoutMs }),

    ends: async (topic) => {
      const offsets = await admin.use((client) => client.fetchTopicOffsets(inKafka(topic)));
      return offsets.sort((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
    },

    ensureTopics: async ({ create } = { create: true }) => {
      const wanted: Topic[] = [...eventTopics, CONTACTS_TOPIC];
      const topics = await admin.use(async (client) => {
        const existing = new Set(await client.listTopics());
        const missing = wanted.filter((topic) => !existing.has(inKafka(topic)));
        if (missing.length > 0 && !create)
          throw new TransientError(`topics are missing: ${missing.map(inKafka).join(', ')}`);
        if (missing.length > 0) {
          await client.createTopics({
            waitForLeaders: false,
            topics: missing.map((topic) => ({
              topic: inKafka(topic),
              numPartitions: PARTITIONS,
              configEntries: topic === CONTACTS_TOPIC ? COMPACTED : FOR_GOOD,
            })),
          });
        }
        return describeWhenReady(client, wanted.map(inKafka));
      });
      const odd = topics.find(({ partitions }) => partitions.length !== PARTITIONS);
      if (odd)
        throw new WrongPartitionCount(`topic ${odd.name} has ${odd.partitions.length} partitions, not ${PARTITIONS}`);
    },

    close: async () => {
      await Promise.all([producer.close(), admin.close()]);
    },
  };
}

// What kafkajs calls an error is mostly a connection that it opens again; failures that last are told by our loops.
function tell(logger: Logger, { namespace, log: { message, ...rest } }: LogEntry): void {
  logger.debug({ kafkajs: namespace, error: (rest as { error?: unknown }).error }, message);
}

/** A new topic is known a moment after it was made, and its partitions answer another moment later. */
async function describeWhenReady(client: Admin, topics: string[]) {
  for (let tries = 1; ; tries++) {
    try {
      const described = await client.fetchTopicMetadata({ topics });
      for (const topic of topics) await client.fetchTopicOffsets(topic);
      return described.topics;
    } catch (error) {
      if (tries === 50) throw error;
      await sleep(100);
    }
  }
}

/** In order, each request small enough for the broker. */
function* inRequests(messages: OutgoingMessage[]): Iterable<OutgoingMessage[]> {
  let request: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (request.length > 0 && bytes + size > MAX_REQUEST_BYTES) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(message);
    bytes += size;
  }
  if (request.length > 0) yield request;
}

const sizeOf = ({ key, headers, value }: OutgoingMessage) =>
  Object.entries(headers).reduce(
    (sum, [name, text]) => sum + name.length + Buffer.byteLength(text),
    key.length + Buffer.byteLength(value ?? ''),
  );

function groupBy<T, K>(items: T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Renewable<T> {
  use<R>(work: (client: T) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** Connects at the first use. After a failure the next use gets a new client, which knows nothing of the old one's troubles. */
function renewable<T extends Client>(create: () => T): Renewable<T> {
  let current: { client: T; connected: Promise<void> } | undefined;

  const connect = () => {
    const client = create();
    return { client, connected: client.connect() };
  };

  return {
    use: async (work) => {
      const mine = (current ??= connect());
      try {
        await mine.connected;
        return await work(mine.client);
      } catch (error) {
        if (current === mine) current = undefined;
        void mine.client.disconnect().catch(() => undefined);
        throw error;
      }
    },
    close: async () => {
      const last = current;
      current = undefined;
      await last?.connected.catch(() => undefined);
      await last?.client.disconnect().catch(() => undefined);
    },
  };
}
