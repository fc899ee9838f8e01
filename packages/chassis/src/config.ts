import { existsSync, readFileSync } from 'node:fs';
import { z, type ZodType } from 'zod';
import { errorMessage } from './errors';

/** The environment is not usable; the message lists every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** PAYMENT_WINDOW_MS -> paymentWindowMs */
export type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<S>;
export type CamelCased<T> = { [K in keyof T as K extends string ? CamelCase<K> : never]: T[K] };

/**
 * Reads variables by a schema with UPPER_CASE keys and answers the same in camelCase. An empty variable counts as absent.
 * Throws a ConfigError that names every faulty variable, and its value unless that may be a secret.
 */
export function loadConfig<T extends object>(schema: ZodType<T>, env: NodeJS.ProcessEnv): CamelCased<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = schema.safeParse(given);
  if (read.success) {
    return Object.fromEntries(
      Object.entries(read.data).map(([key, value]: [string, unknown]) => [camelCase(key), value]),
    ) as CamelCased<T>;
  }
  const faults = read.error.issues.map(({ path, message }) => {
    if (path[0] === undefined) return `  ${message}`;
    const name = String(path[0]);
    const value = given[name];
    return value === undefined ? `  ${name}: is missing` : `  ${name}${shown(name, value)}: ${message}`;
  });
  throw new ConfigError(`The configuration is not usable:\n${[...new Set(faults)].join('\n')}`);
}

const camelCase = (key: string): string => key.toLowerCase().replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

const SECRET_NAME = /SECRET|PASSWORD|TOKEN|KEY|CREDENTIAL|COOKIE/;
const URL_WITH_PASSWORD = /:\/\/[^/]*@/;

const shown = (name: string, value: string): string =>
  SECRET_NAME.test(name) || URL_WITH_PASSWORD.test(value) ? '' : `=${JSON.stringify(value)}`;

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:\/\/[^/]/.test(text);
const parts = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const port = z.coerce.number().int().min(0).max(65_535);
export const host = z.string().min(1);
export const httpUrl = z.string().refine(isHttpUrl, 'must be an http(s) URL');

/** A whole number of milliseconds with a default. */
export const milliseconds = (byDefault: number) => z.coerce.number().int().min(0).max(2_147_483_647).default(byDefault);

/** A number of days, fractions allowed, with a default. */
export const days = (byDefault: number) => z.coerce.number().min(0).max(36_500).default(byDefault);

/** A whole number of at least `min` with a default. */
export const count = (byDefault: number, min = 1) => z.coerce.number().int().min(min).default(byDefault);

/** `true` or `false`. */
export const flag = (byDefault: boolean) =>
  z
    .enum(['true', 'false'])
    .default(byDefault ? 'true' : 'false')
    .transform((text) => text === 'true');

/** A name of which every address is a replica: `dns+http://musical-pods:8081`. */
const isDnsUrl = (text: string): boolean =>
  /^dns\+http:\/\/[A-Za-z0-9._-]+(:\d+)?$/.test(text) && URL.canParse(text.slice('dns+'.length));

/** Comma-separated base URLs of one service's replicas, without a slash at the end. */
export const urlList = z
  .string()
  .transform((text) => parts(text).map((url) => url.replace(/\/+$/, '')))
  .refine(
    (urls) => urls.length > 0 && urls.every((url) => isHttpUrl(url) || isDnsUrl(url)),
    'must be http(s) URLs or dns+http://name:port, separated by commas',
  );

/** Comma-separated origins, such as `https://tickets.example`. */
export const originList = z
  .string()
  .transform(parts)
  .refine(
    (origins) => origins.length > 0 && origins.every((text) => isHttpUrl(text) && new URL(text).origin === text),
    'must be http(s) origins without a path, separated by commas',
  );

/** Comma-separated `host:port`. */
export const brokers = z
  .string()
  .transform(parts)
  .refine(
    (list) => list.length > 0 && list.every((broker) => /^[^\s:]+:\d{1,5}$/.test(broker)),
    'must be host:port, separated by commas',
  );

/** With TLS by its own parameters: `?sslmode=verify-full&sslrootcert=/path`, and `sslcert` and `sslkey` for a client's certificate. */
export const postgresUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^postgres(ql)?:\/\//.test(text), 'must be a postgres:// URL')
  .superRefine((text, context) => {
    const searchParams = URL.canParse(text) ? new URL(text).searchParams : new URLSearchParams();
    for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
      const path = searchParams.get(name);
      if (path !== null && !existsSync(path)) context.addIssue({ code: 'custom', message: `${name}: no file ${path}` });
    }
  });

export const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info');

/** Put before every topic and group name, so that tests and stages share a broker. */
export const topicPrefix = z
  .string()
  .regex(/^[A-Za-z0-9._-]*$/, 'may have letters, digits, dots, underscores and hyphens')
  .default('');

/** The content of a file that is named; read once, at the start. */
export const fileContent = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `cannot be read: ${errorMessage(error)}` });
    return z.NEVER;
  }
});

const ROLES = ['http', 'consumer', 'relay', 'worker'] as const;
export type Role = (typeof ROLES)[number];
/** What this process does of what the service does. */
export type Roles = Record<Role, boolean>;

export const roles = z
  .string()
  .default(ROLES.join(','))
  .transform(parts)
  .refine(
    (names) => names.length > 0 && names.every((name) => ROLES.some((role) => role === name)),
    `must be some of ${ROLES.join(',')}`,
  )
  .transform((names) => Object.fromEntries(ROLES.map((role) => [role, names.includes(role)])) as Roles);

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/**
 * Where traces go, and how many: OpenTelemetry's own names. What else its exporter knows, such as OTEL_EXPORTER_OTLP_HEADERS,
 * OTEL_EXPORTER_OTLP_CERTIFICATE and OTEL_RESOURCE_ATTRIBUTES, it reads by itself.
 */
export const tracingEnv = {
  /** Without one nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf', 'http/json']).default('http/protobuf'),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on'),
  /** Which part of the traces the samplers with `traceidratio` take. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};
export type TracingConfig = CamelCased<z.infer<z.ZodObject<typeof tracingEnv>>>;

/** For every service. Give PORT the service's own default: `{ ...serviceEnv, PORT: port.default(8082) }`. */
export const serviceEnv = {
  PORT: port.default(8080),
  HOST: host.default('0.0.0.0'),
  /** `/metrics` is served here then, and not on PORT. */
  METRICS_PORT: port.optional(),
  LOG_LEVEL: logLevel,
  ROLES: roles,
  /** Exactly as in the tokens' `iss`. */
  OIDC_ISSUER: httpUrl,
  /** Where this process reads the issuer's discovery document, when not under OIDC_ISSUER: such as inside a container network. */
  OIDC_DISCOVERY_URL: httpUrl.optional(),
  OIDC_AUDIENCE: z.string().default('outerpark'),
  /** So long after the signal to end a process still accepts connections, unready: until everybody has heard of it. */
  DRAIN_NOTICE_MS: milliseconds(0),
  ...tracingEnv,
};

export const databaseEnv = {
  DATABASE_URL: postgresUrl,
  DATABASE_POOL_SIZE: count(10),
  /** False: another program migrates (`<service>/dist/migrate.js`), and the service waits until that is done. */
  MIGRATE: flag(true),
};

/** How long what is finished is kept, in every service that consumes. */
export const retentionEnv = {
  /** How often it is looked for what is past its time. */
  RETENTION_EVERY_MS: milliseconds(60_000),
  /** Ids of applied events, against a second send. */
  KEEP_INBOX_DAYS: days(7),
  /** Dead letters after they were replayed or discarded. */
  KEEP_DEAD_LETTERS_DAYS: days(30),
};

/** In every service that publishes: events that were sent, and that the audit has found in Kafka. */
export const outboxEnv = { KEEP_OUTBOX_DAYS: days(7) };

/** In every service that takes an Idempotency-Key. The API promises a day: less only where nobody relies on it, as in a soak. */
export const idempotencyEnv = { KEEP_KEYS_DAYS: days(1) };

/** Where Kafka is, and who we are there. See `kafkaOf`. */
export const brokerEnv = {
  KAFKA_BROKERS: brokers,
  TOPIC_PREFIX: topicPrefix,
  KAFKA_TLS: flag(false),
  /** PEM. Who signs the brokers' certificates, if it is nobody that Node knows. */
  KAFKA_CA_FILE: fileContent.optional(),
  /** PEM, both or none: by which the brokers know us. */
  KAFKA_CERT_FILE: fileContent.optional(),
  KAFKA_KEY_FILE: fileContent.optional(),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
};

export const kafkaEnv = {
  ...brokerEnv,
  /** False: somebody else makes the topics (`programs/make-topics.js`), and the service waits until they are there. */
  CREATE_TOPICS: flag(true),
  /** An outbox or a consumer that does not advance for so long needs somebody's attention. */
  STALLED_AFTER_MS: milliseconds(60_000),
};
