import { count, loadConfig, milliseconds, serviceEnv, urlList } from '@outerpark/chassis/config';
import { z } from 'zod';

const schema = z.object({
  ...serviceEnv,
  MUSICAL_URL: urlList,
  RESERVATION_URL: urlList,
  PAYMENT_URL: urlList,
  NOTIFICATION_URL: urlList,
  MYPAGE_URL: urlList,
  /** From the end of the request to the first byte of the answer. */
  UPSTREAM_TIMEOUT_MS: milliseconds(10_000),
  /** As large as the services take. */
  BODY_LIMIT_BYTES: count(102_400),
});

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
