import {
  databaseEnv,
  idempotencyEnv,
  days,
  httpUrl,
  kafkaEnv,
  loadConfig,
  milliseconds,
  outboxEnv,
  port,
  retentionEnv,
  serviceEnv,
} from '@outerpark/chassis/config';
import { z } from 'zod';

const smtpUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^smtps?:\/\/[^/]/.test(text), 'must be an smtp:// or smtps:// URL');

const schema = z.object({
  ...serviceEnv,
  PORT: port.default(8084),
  ...databaseEnv,
  ...kafkaEnv,
  ...retentionEnv,
  ...outboxEnv,
  ...idempotencyEnv,
  /** Where customers find OuterPark, for links to My page; without it there are none. */
  PUBLIC_URL: httpUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
  SMTP_URL: smtpUrl,
  MAIL_FROM: z.string().min(3).default('OuterPark <tickets@outerpark.example>'),
  /** For one try, with connecting. */
  MAIL_TIMEOUT_MS: milliseconds(20_000),
  /** Pause after a first failed try; it doubles up to the longest. */
  MAIL_RETRY_FIRST_MS: milliseconds(5_000),
  MAIL_RETRY_LONGEST_MS: milliseconds(600_000),
  /** How old what a mail tells may be; after that it is not tried any more. */
  MAIL_GIVE_UP_MS: milliseconds(86_400_000),
  /** A notice that is not delivered after so long needs somebody's attention. */
  ATTENTION_NOTICE_MS: milliseconds(900_000),
  /** So long one that was given up is shown. */
  ATTENTION_FAILED_NOTICE_MS: milliseconds(7 * 86_400_000),
  /** The delivery log: each try of each mail. */
  KEEP_DELIVERIES_DAYS: days(90),
});

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
