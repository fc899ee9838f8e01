import { connectKafka } from '../messaging/kafka';
import { kafkaOf } from '../messaging/kafka-access';
import { waitFor } from '../waiting';
import { readTopicsConfig } from './config';
import { runProgram } from './run-program';

/** Waits for Kafka, makes the topics that are missing, or only looks whether all are as they have to be, and ends. */
void runProgram('topics', readTopicsConfig, async (config, { logger, stopping }) => {
  const { createTopics: create, topicsPatienceMs: patienceMs } = config;
  const broker = connectKafka({ ...kafkaOf(config), clientId: 'topics', logger });
  await waitFor('Kafka', () => broker.ensureTopics({ create }), { logger, stopping, patienceMs });
  await broker.close();
  logger.info('the topics are as they have to be');
});
