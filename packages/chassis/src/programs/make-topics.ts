import { connectKafka } from '../messaging/kafka';
import { waitFor } from '../waiting';
import { readTopicsConfig } from './config';
import { runProgram } from './run-program';

/** Waits for Kafka, makes the topics that are missing, or only looks whether all are as they have to be, and ends. */
void runProgram('topics', readTopicsConfig, async (config, { logger, stopping }) => {
  const { kafkaBrokers: brokers, topicPrefix, createTopics: create, topicsPatienceMs: patienceMs } = config;
  const broker = connectKafka({ brokers, clientId: 'topics', topicPrefix, logger });
  await waitFor('Kafka', () => broker.ensureTopics({ create }), { logger, stopping, patienceMs });
  await broker.close();
  logger.info('the topics are as they have to be');
});
