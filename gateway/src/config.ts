import { count, loadConfig, milliseconds, originList, serviceEnv, urlList } from '@outerpark/chassis/config';
import { resolve } from 'node:path';
import { z } from 'zod';
import { secretList } from './session/seal';
import { trustedProxies } from './trusted-proxies';

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
  /** For a request's headers, and for all of it. */
  HEADERS_TIMEOUT_MS: milliseconds(10_000),
  REQUEST_TIMEOUT_MS: milliseconds(30_000),

  /** Where browsers find us; of several the one by which a browser came, else the first. */
  PUBLIC_URL: originList.default(['http://127.0.0.1:8080']),
  /** The built web pages. */
  WEB_DIR: z.string().default(resolve(__dirname, '../web/dist')),
  /** The first one encrypts sessions, all of them decrypt; without one, sessions end with this process. */
  SESSION_SECRET: secretList.optional(),
  /** How long somebody stays signed in at most, when the issuer gives refresh tokens. */
  SESSION_MAX_MS: milliseconds(12 * 60 * 60 * 1000),
  OIDC_CLIENT_ID: z.string().default('outerpark-web'),
  /** Of a confidential client. */
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_SCOPE: z.string().default('openid profile email'),

  /** Whose X-Forwarded-* count. */
  TRUSTED_PROXIES: trustedProxies,
  /** Other sites whose scripts may call the API with a bearer token. */
  CORS_ORIGINS: originList.default([]),
  CUSTOMER_REQUESTS_PER_MINUTE: count(6_000),
  ADDRESS_REQUESTS_PER_MINUTE: count(600_000),
  CUSTOMER_STREAMS: count(10),
  ADDRESS_STREAMS: count(1_000),
  STREAMS: count(20_000),
});

/** Reads the environment. Throws ConfigError with every faulty variable. */
export const readConfig = (env = process.env) => loadConfig(schema, env);
export type Config = ReturnType<typeof readConfig>;
