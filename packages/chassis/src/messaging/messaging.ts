import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Roles } from '../config';
import { at, type Edge } from '../edges';
import type { Store } from '../postgres/store';
import type { Broker } from './broker';
import { startConsumer, type RunningConsumer } from './consumer';
import { connectKafka } from './kafka';
import { measureMessaging } from './metrics';
import { createOutbox, type Outbox } from './outbox';
import type { MessageReader } from './reading';
import { startRelay } from './relay';
import { startTopicGuard } from './topics';

export interface MessagingOptions {
  /** The service's name: source of its events and id of its consumer group. */
  service: string;
  config: { kafkaBrokers: string[]; topicPrefix: string; roles: Roles };
  store: Store;
  now: () => Date;
  logger: Logger;
  metrics: Registry;
  /** Between this and Kafka. */
  brokerEdge?: Edge<Broker>;
}

export interface Messaging {
  outbox: Outbox;
  /** Begins to consume, when this process has that role. */
  consume(readers: Partial<Record<Topic, MessageReader>>): void;
  /** Finishes the batches under way and leaves the group. */
  leaveGroup(): Promise<void>;
  /** Sends what the outbox has and closes the connections. */
  flush(): Promise<void>;
}

/** A service's whole messaging on its own PostgreSQL: outbox and relay out, inbox and consumer in. */
export function startMessaging(options: MessagingOptions): Messaging {
  const { service, config, store, now, logger, metrics } = options;
  const { kafkaBrokers: brokers, topicPrefix, roles } = config;
  const broker = at(options.brokerEdge)(connectKafka({ brokers, clientId: service, topicPrefix, logger }));
  // A process that only serves HTTP writes to its outbox and has nothing to say to the broker.
  const topics = roles.relay || roles.consumer ? startTopicGuard(broker, logger) : undefined;
  const relay = roles.relay ? startRelay({ store, broker, logger }) : undefined;
  let consumer: RunningConsumer | undefined;

  return {
    outbox: createOutbox({ source: `outerpark/${service}`, wake: () => relay?.wake() }),
    consume: (readers) => {
      if (roles.consumer) {
        consumer = startConsumer({ broker, store, groupId: service, readers, logger, now });
      }
      measureMessaging(metrics, store, consumer);
    },
    leaveGroup: async () => {
      await consumer?.stop();
    },
    flush: async () => {
      await relay?.stop();
      await topics?.stop();
      await broker.close();
    },
  };
}
