import {
  count,
  databaseEnv,
  idempotencyEnv,
  httpUrl,
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
import { secretBytes } from './clients/standard-webhooks';

/** One, or two while it is changed, separated by commas. */
const webhookSecrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine(
    (secrets) => secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)),
    'must be whsec_ and at least 24 bytes in base64, several separated by commas',
  )
  .transform((secrets) => secrets.map(secretBytes));

const schema = z
  .object({
    ...serviceEnv,
    PORT: port.default(8083),
    ...databaseEnv,
    ...kafkaEnv,
    ...retentionEnv,
    ...outboxEnv,
    ...idempotencyEnv,
    PAYMENT_PROVIDER_URL: httpUrl,
    /** Without it no webhooks are received, and the provider is asked more often. */
    PAYMENT_WEBHOOK_SECRET: webhookSecrets.optional(),
    PROVIDER_TIMEOUT_MS: milliseconds(3_000),
    BREAKER_VOLUME: count(10),
    BREAKER_RESET_MS: milliseconds(5_000),
    /** How far a deferral moves the deadline of a payment. */
    DEFERRAL_MS: milliseconds(900_000),
    /** No attempt starts that close to the deadline. */
    ATTEMPT_CUTOFF_MS: milliseconds(60_000),
    RETRY_FIRST_MS: milliseconds(250),
    RETRY_LONGEST_MS: milliseconds(10_000),
    PAGE_POLL_MS: milliseconds(1_000),
    /** Calls a second to the provider, at most, of each process. */
    PROVIDER_RATE: count(100),
    /** Steps under way at once: a provider that takes 100 ms is asked 250 times a second by some 40. */
    WORKER_CONCURRENCY: count(64),
    WORKER_POLL_MS: milliseconds(200),
    /** For longer than this a payment, or a refund, needs somebody's attention. */
    ATTENTION_PAYMENT_MS: milliseconds(300_000),
    ATTENTION_REFUND_MS: milliseconds(300_000),
    ATTENTION_DEFERRED_MS: milliseconds(3_600_000),
  })
  .superRefine(kafkaIsWhole)
  .refine(
    (env) => env.ATTEMPT_CUTOFF_MS < env.DEFERRAL_MS,
    'ATTEMPT_CUTOFF_MS must be less than DEFERRAL_MS, or a deferred payment could never be taken up',
  );

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
