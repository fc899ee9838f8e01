import {
  databaseEnv,
  idempotencyEnv,
  kafkaEnv,
  loadConfig,
  milliseconds,
  count,
  outboxEnv,
  port,
  retentionEnv,
  serviceEnv,
  urlList,
} from '@outerpark/chassis/config';
import { kafkaIsWhole } from '@outerpark/chassis/messaging/kafka-access';
import { z } from 'zod';

const schema = z
  .object({
    ...serviceEnv,
    PORT: port.default(8082),
    ...databaseEnv,
    ...kafkaEnv,
    ...retentionEnv,
    ...outboxEnv,
    ...idempotencyEnv,
    MUSICAL_URL: urlList,
    /** How long a call for a hold may take. */
    MUSICAL_TIMEOUT_MS: milliseconds(2_000),
    BREAKER_RESET_MS: milliseconds(5_000),
    BREAKER_VOLUME: count(10),
    /** How long a customer has to pay. */
    PAYMENT_WINDOW_MS: milliseconds(15 * 60_000),
    /** How much longer than its deadline a reservation lives, so that a payment made in time has come through. */
    EXPIRY_GRACE_MS: milliseconds(30_000),
    /** After so long an intent without an end is abandoned. */
    INTENT_LIMIT_MS: milliseconds(60_000),
    /** After so long a first request under an Idempotency-Key counts as dead. */
    INTENT_LEASE_MS: milliseconds(30_000),
    SWEEP_EVERY_MS: milliseconds(1_000),
    /** An intent, a reservation or a cancel saga that is so long past its time needs somebody's attention. */
    ATTENTION_AFTER_MS: milliseconds(60_000),
  })
  .superRefine(kafkaIsWhole);

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
