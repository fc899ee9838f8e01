import {
  databaseEnv,
  days,
  idempotencyEnv,
  kafkaEnv,
  loadConfig,
  milliseconds,
  outboxEnv,
  port,
  retentionEnv,
  serviceEnv,
} from '@outerpark/chassis/config';
import { kafkaIsWhole } from '@outerpark/chassis/messaging/kafka-access';
import { z } from 'zod';

const schema = z
  .object({
    ...serviceEnv,
    PORT: port.default(8081),
    ...databaseEnv,
    ...kafkaEnv,
    ...retentionEnv,
    ...outboxEnv,
    ...idempotencyEnv,
    /** A hold that is held for longer needs somebody's attention: no reservation waits for its payment for more than a day. */
    ATTENTION_HOLD_MS: milliseconds(25 * 3_600_000),
    /** How late a hold may come that was given up before it was made. */
    KEEP_TOMBSTONES_DAYS: days(7),
  })
  .superRefine(kafkaIsWhole);

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
