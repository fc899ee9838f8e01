import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditedSystem } from '@outerpark/audit/system';
import { createLogger } from '@outerpark/chassis/logger';
import type { Broker, OutgoingMessage } from '@outerpark/chassis/messaging/broker';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { eventTopics } from '@outerpark/contracts/topics';

/** The topics as somebody from outside sees and writes them. */
export interface Topics {
  /** Everything that is in the event topics by now, topic by topic, partition by partition, in order. */
  read(): Promise<OutgoingMessage[]>;
  publish(messages: OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

const READ_LIMIT_MS = 30_000;

export function openTopics({ kafka: { brokers, topicPrefix } }: AuditedSystem): Topics {
  const logger = createLogger('faults', 'silent');
  const broker = connectKafka({ brokers, clientId: 'faults', topicPrefix, logger });
  return { read: () => readAll(broker), publish: broker.publish, close: broker.close };
}

async function readAll(broker: Broker): Promise<OutgoingMessage[]> {
  const messages: OutgoingMessage[] = [];
  const behind = new Map<string, number>();
  for (const topic of eventTopics) {
    (await broker.ends(topic)).forEach((end, partition) => end > 0 && behind.set(`${topic}/${partition}`, end));
  }
  const subscription = broker.subscribe({
    groupId: `faults-${randomUUID()}`,
    transient: true,
    topics: [...eventTopics],
    position: () => Promise.resolve(0),
    apply: ({ topic, partition, messages: batch }) => {
      messages.push(...batch.map(({ key, headers, value }) => ({ topic, key, headers, value })));
      const next = batch.at(-1)!.offset + 1;
      if (next >= (behind.get(`${topic}/${partition}`) ?? 0)) behind.delete(`${topic}/${partition}`);
      return Promise.resolve({ next });
    },
  });
  try {
    for (const until = Date.now() + READ_LIMIT_MS; behind.size > 0; await sleep(20)) {
      if (Date.now() > until) throw new Error(`Kafka does not give the rest of ${[...behind.keys()].join(', ')}`);
    }
  } finally {
    await subscription.stop();
  }
  return messages;
}
