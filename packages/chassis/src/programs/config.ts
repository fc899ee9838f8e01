import { z } from 'zod';
import { brokerEnv, databaseEnv, kafkaEnv, loadConfig, logLevel, milliseconds } from '../config';
import { kafkaIsWhole } from '../messaging/kafka-access';

const { DATABASE_URL } = databaseEnv;
const { CREATE_TOPICS } = kafkaEnv;

const migrateEnv = z.object({
  DATABASE_URL,
  LOG_LEVEL: logLevel,
  /** How long a database that is not there is waited for. */
  MIGRATE_PATIENCE_MS: milliseconds(600_000),
});

const topicsEnv = z
  .object({
    ...brokerEnv,
    /** False: only says whether the topics are as they have to be. */
    CREATE_TOPICS,
    LOG_LEVEL: logLevel,
    /** How long a Kafka that is not there is waited for. */
    TOPICS_PATIENCE_MS: milliseconds(600_000),
  })
  .superRefine(kafkaIsWhole);

/** Read the environment. Throw ConfigError with every faulty variable. */
export const readMigrateConfig = (env = process.env) => loadConfig(migrateEnv, env);
export const readTopicsConfig = (env = process.env) => loadConfig(topicsEnv, env);
