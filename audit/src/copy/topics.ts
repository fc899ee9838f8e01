import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { errorMessage } from '@outerpark/chassis/errors';
import { createLogger } from '@outerpark/chassis/logger';
import type { IncomingBatch, IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { CONTACTS_TOPIC, eventTopics, type Topic } from '@outerpark/contracts/topics';
import { reading, Unreadable, type AuditedSystem } from '../system';
import type { Copy } from './copy';
import { messageDigest } from './digest';

export const TOPICS: Topic[] = [...eventTopics, CONTACTS_TOPIC];

export interface Position {
  topic: Topic;
  partition: number;
  /** The offset behind the last message. */
  next: number;
}

/** Copies messages as they come, from the first one on, until it is stopped. */
export interface TopicsCopy {
  /** The present ends of all partitions. */
  ends(): Promise<Position[]>;
  /** Resolves when the messages before these positions are copied. */
  reach(positions: Position[]): Promise<void>;
  stop(): Promise<void>;
}

/** Without a message for so long, Kafka does not give what it has. */
const STUCK_MS = 20_000;
/** The last messages of a compacted partition may be gone, so that its end is never reached; then silence is the end. */
const SILENCE_MS = 3_000;
const LOOK_MS = 20;

export function copyTopics(copy: Copy, { kafka }: AuditedSystem): TopicsCopy {
  const { brokers, topicPrefix } = kafka;
  const broker = connectKafka({ ...kafka, clientId: 'audit', logger: createLogger('audit', 'silent') });
  const nexts = new Map<string, number>();
  let movedAt = performance.now();
  let failure: unknown;

  const store = ({ topic, partition, messages }: IncomingBatch): number => {
    const fresh = messages.filter(({ offset }) => offset >= nextOf({ topic, partition }));
    copy.insert(
      'event',
      fresh.map((message) => asRow(topic, partition, message)),
    );
    const next = messages.at(-1)!.offset + 1;
    nexts.set(`${topic}/${partition}`, next);
    movedAt = performance.now();
    return next;
  };
  const nextOf = ({ topic, partition }: Omit<Position, 'next'>): number => nexts.get(`${topic}/${partition}`) ?? 0;

  const begin = () =>
    broker.subscribe({
      groupId: `${topicPrefix}audit-${randomUUID()}`,
      transient: true,
      topics: TOPICS,
      position: (topic, partition) => Promise.resolve(nextOf({ topic, partition })),
      apply: (batch) => {
        try {
          return Promise.resolve({ next: store(batch) });
        } catch (error) {
          failure = error;
          return Promise.resolve({ next: batch.messages[0]!.offset, pauseMs: 1_000 });
        }
      },
    });
  let subscription: ReturnType<typeof begin> | undefined;

  return {
    ends: () =>
      reading(`Kafka at ${brokers.join(',')}`, async () => {
        const ends = await Promise.all(TOPICS.map((topic) => broker.ends(topic)));
        return ends.flatMap((nexts, index) =>
          nexts.map((next, partition) => ({ topic: TOPICS[index]!, partition, next })),
        );
      }),
    reach: async (positions) => {
      subscription ??= begin();
      movedAt = performance.now();
      for (;;) {
        if (failure) throw new Unreadable(`The messages could not be copied: ${errorMessage(failure)}`);
        const behind = positions.filter((position) => nextOf(position) < position.next);
        if (behind.length === 0) return;
        const silent = performance.now() - movedAt;
        const joined = subscription.health().joined;
        if (joined && silent > SILENCE_MS && behind.every(({ topic }) => topic === CONTACTS_TOPIC)) return;
        if (silent > STUCK_MS) {
          const [{ topic, partition, next }] = behind as [Position];
          const at = nextOf({ topic, partition });
          throw new Unreadable(
            `Kafka at ${brokers.join(',')} gives no more of ${topic}/${partition} than ${at} of ${next} messages`,
          );
        }
        await pause(LOOK_MS);
      }
    },
    stop: async () => {
      await subscription?.stop();
      await broker.close();
    },
  };
}

const asRow = (topic: Topic, partition: number, message: IncomingMessage) => ({
  topic,
  partition,
  position: message.offset,
  key: message.key,
  id: message.headers.ce_id ?? null,
  type: message.headers.ce_type ?? null,
  time: timeOf(message),
  version: versionOf(message),
  digest: messageDigest(message),
  message: JSON.stringify(message),
});

const timeOf = ({ headers }: IncomingMessage): number | null => {
  const time = Date.parse(headers.ce_time ?? '');
  return Number.isNaN(time) ? null : time;
};

const versionOf = ({ value }: IncomingMessage): number | null => {
  try {
    const { version } = JSON.parse(value ?? 'null') as { version?: unknown };
    return typeof version === 'number' ? version : null;
  } catch {
    return null;
  }
};
