import type { Logger } from 'pino';
import { errorMessage } from '../errors';
import { startLoop } from '../loop';
import { WrongPartitionCount, type Broker } from './broker';

export interface TopicGuard {
  /** Throws what is waited for, until all topics have been there. */
  check(): void;
  stop(): Promise<void>;
}

export interface TopicGuardOptions {
  /** False: somebody else makes the topics. */
  create: boolean;
  logger: Logger;
  fatal?: (error: Error) => void;
}

/** Makes the topics, or waits for them, as soon as the broker can be reached; a topic with another number of partitions ends the service. */
export function startTopicGuard(broker: Broker, { create, logger, fatal = crash }: TopicGuardOptions): TopicGuard {
  let waitingFor: string | undefined = 'Kafka has not answered yet';
  const loop = startLoop({
    name: 'topics',
    logger,
    idleMs: 60_000,
    work: async () => {
      if (waitingFor === undefined) return 'idle';
      try {
        await broker.ensureTopics({ create });
        waitingFor = undefined;
      } catch (error) {
        waitingFor = errorMessage(error);
        if (!(error instanceof WrongPartitionCount)) throw error;
        fatal(error);
      }
      return 'idle';
    },
  });

  return {
    check: () => {
      if (waitingFor !== undefined) throw new Error(waitingFor);
    },
    stop: loop.stop,
  };
}

const crash = (error: Error) =>
  setImmediate(() => {
    throw error;
  });
