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
import { kafkaIsWhole } from '@outerpark/chassis/messaging/kafka-access';
import { z } from 'zod';
import { secretBytes } from './clients/webhook-signature';

const smtpUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^smtps?:\/\/[^/]/.test(text), 'must be an smtp:// or smtps:// URL');

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
    /** Where the operator's adapter of a chat service takes notices; without it there is no chat channel. */
    CHAT_WEBHOOK_URL: httpUrl
      .refine((url) => !new URL(url).username, 'must have no user in it: the signature says who we are')
      .optional(),
    CHAT_WEBHOOK_SECRET: webhookSecrets.optional(),
    /** For one try, with connecting. */
    CHAT_TIMEOUT_MS: milliseconds(10_000),
    /** Pause after a first failed try, by whichever channel; it doubles up to the longest. */
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
  })
  .superRefine(kafkaIsWhole)
  .refine(
    (env) => (env.CHAT_WEBHOOK_URL === undefined) === (env.CHAT_WEBHOOK_SECRET === undefined),
    'CHAT_WEBHOOK_URL and CHAT_WEBHOOK_SECRET must be given together',
  );

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
