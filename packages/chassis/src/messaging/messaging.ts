import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import type { Roles } from '../config';
import { at, type Edge } from '../edges';
import type { Checks } from '../http/health';
import type { Metrics } from '../metrics';
import { StoreFenced, type Fence } from '../postgres/fence';
import type { Store } from '../postgres/store';
import type { Tracer } from '../telemetry/tracer';
import type { Broker } from './broker';
import { startConsumer, type RunningConsumer } from './consumer';
import { connectKafka } from './kafka';
import { kafkaOf, type KafkaConfig } from './kafka-access';
import { countApplied, countDecided, measureMessaging } from './metrics';
import { createOutbox, type Outbox } from './outbox';
import type { MessageReader } from './reading';
import { startRelay } from './relay';
import { startTopicGuard } from './topics';
import { ownTopic, watchStore, type Witness } from './witness';

export interface MessagingOptions {
  /** The service's name: source of its events, before `.events` its topic, and id of its consumer group. */
  service: string;
  config: KafkaConfig & { createTopics: boolean; roles: Roles };
  store: Store & { fence: Fence };
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
  tracer?: Tracer | undefined;
  /** What must be known to the store beside the service's own events. */
  witnesses?: Witness[];
  /** Between this and Kafka. */
  brokerEdge?: Edge<Broker>;
}

export interface Messaging {
  outbox: Outbox;
  /** The store is known to be as new as Kafka: what cannot be taken back may be done, such as charging. */
  safe(): boolean;
  /**
   * At the start only: a new process is unready until it has asked Kafka about its store, or could not, because writes wait so long; one that
   * serves nobody also until the topics are there. One that serves only notes that, because the outbox takes what Kafka does not.
   */
  ready: Checks;
  notes: Checks;
  /** Begins to consume, when this process has that role. */
  consume(readers: Partial<Record<Topic, MessageReader>>): void;
  /** Finishes the batches under way and leaves the group. */
  leaveGroup(): Promise<void>;
  /** Sends what the outbox has and closes the connections. */
  flush(): Promise<void>;
}

/** A service's whole messaging on its own PostgreSQL: outbox and relay out, inbox and consumer in. */
export function startMessaging(options: MessagingOptions): Messaging {
  const { service, config, store, now, logger, metrics, tracer } = options;
  const { createTopics: create, roles } = config;
  const broker = at(options.brokerEdge)(connectKafka({ ...kafkaOf(config), clientId: service, logger }));
  const witnesses = [ownTopic(service), ...(options.witnesses ?? [])];
  const watch = watchStore({ store, broker, witnesses, logger, metrics });
  // A process that only serves HTTP writes to its outbox and has nothing to say to the broker.
  const topics = roles.relay || roles.consumer ? startTopicGuard(broker, { create, logger }) : undefined;
  const kafka: Checks = topics ? { kafka: topics.check } : {};
  const relay = roles.relay ? startRelay({ store, broker: fenced(broker, store.fence), logger, tracer }) : undefined;
  let consumer: RunningConsumer | undefined;

  return {
    outbox: createOutbox({
      source: `outerpark/${service}`,
      wake: () => relay?.wake(),
      decided: countDecided(metrics),
      tracer,
    }),
    safe: store.fence.safe,
    ready: { store: requireAsked(store.fence), ...(roles.http ? {} : kafka) },
    notes: roles.http ? kafka : {},
    consume: (readers) => {
      if (roles.consumer) {
        const applied = countApplied(metrics);
        consumer = startConsumer({ broker, store, groupId: service, readers, logger, now, applied, tracer });
      }
      measureMessaging(metrics, store, consumer);
    },
    leaveGroup: async () => {
      await consumer?.stop();
    },
    flush: async () => {
      await relay?.stop();
      await topics?.stop();
      await watch.stop();
      await broker.close();
    },
  };
}

/** Once only: later all replicas ask at the same time, and somebody has to answer. */
function requireAsked({ state }: Fence): () => void {
  let asked = false;
  return () => {
    asked ||= state() !== 'asking';
    if (!asked) throw new Error('asking Kafka whether it knows more than the store');
  };
}

/** What is read of a store that was put back has been sent before, or must not be sent yet. */
const fenced = (broker: Broker, fence: Fence): Broker => ({
  ...broker,
  publish: (messages) => (fence.safe() ? broker.publish(messages) : Promise.reject(new StoreFenced())),
});
