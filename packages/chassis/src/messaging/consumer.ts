import type { Topic } from '@outerpark/contracts/topics';
import type { Logger } from 'pino';
import { startLoop } from '../loop';
import type { Store } from '../postgres/store';
import type { Tracer } from '../telemetry/tracer';
import type { Broker, SubscriptionHealth } from './broker';
import { createInbox, type InboxOptions } from './inbox';
import { markEnds } from './progress';
import type { MessageReader } from './reading';

export interface ConsumerOptions {
  broker: Broker;
  store: Store;
  groupId: string;
  readers: Partial<Record<Topic, MessageReader>>;
  logger: Logger;
  now: () => Date;
  applied?: InboxOptions['applied'];
  tracer?: Tracer | undefined;
}

export interface RunningConsumer {
  health(): SubscriptionHealth;
  /** Topic -> the ends of its partitions, as they were last seen: about a second ago while the broker is there. */
  ends(): ReadonlyMap<Topic, number[]>;
  stop(): Promise<void>;
}

const MARK_ENDS_EVERY_MS = 1_000;

/** Applies the events of the readers' topics to the store, exactly once each, until it is stopped. */
export function startConsumer(options: ConsumerOptions): RunningConsumer {
  const { broker, store, groupId, readers, logger, now, applied, tracer } = options;
  const topics = Object.keys(readers) as Topic[];
  const begin = () => {
    const inbox = createInbox({ store, readers, logger, applied, tracer });
    return { inbox, ...broker.subscribe({ groupId, topics, position: inbox.position, apply: inbox.apply }) };
  };
  let subscription = begin();
  const seen = new Map<Topic, number[]>();
  const ends = startLoop({
    name: 'mark ends',
    logger,
    idleMs: MARK_ENDS_EVERY_MS,
    work: async () => {
      if (await subscription.inbox.isAheadOfStore()) {
        logger.warn({ groupId }, 'the store was put back: reading again from where it is');
        await subscription.stop();
        subscription = begin();
      }
      for (const topic of topics) seen.set(topic, await markEnds(store, broker, topic, now));
      return 'idle';
    },
  });

  return {
    health: () => subscription.health(),
    ends: () => seen,
    stop: async () => {
      // The loop may be about to begin another one.
      await ends.stop();
      await subscription.stop();
    },
  };
}
