import type { Logger } from 'pino';
import { startLoop, type Loop } from '../loop';
import { WrongPartitionCount, type Broker } from './broker';

/** Makes the topics as soon as the broker can be reached; a topic with another number of partitions ends the service. */
export function startTopicGuard(broker: Broker, logger: Logger, fatal: (error: Error) => void = crash): Loop {
  let done = false;
  return startLoop({
    name: 'topics',
    logger,
    idleMs: 60_000,
    work: async () => {
      if (done) return 'idle';
      try {
        await broker.ensureTopics();
        done = true;
      } catch (error) {
        if (!(error instanceof WrongPartitionCount)) throw error;
        done = true;
        fatal(error);
      }
      return 'idle';
    },
  });
}

const crash = (error: Error) =>
  setImmediate(() => {
    throw error;
  });
