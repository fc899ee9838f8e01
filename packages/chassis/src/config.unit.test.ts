import { z } from 'zod';
import {
  brokers,
  ConfigError,
  databaseEnv,
  flag,
  kafkaEnv,
  loadConfig,
  milliseconds,
  port,
  roles,
  serviceEnv,
  tracingEnv,
  urlList,
} from './config';

const faultsOf = (schema: z.ZodType<object>, env: NodeJS.ProcessEnv): string => {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('the configuration was taken');
};

const OIDC = { OIDC_ISSUER: 'http://localhost:8091' };

test('variables are read in camelCase with their defaults', () => {
  const schema = z.object({ ...serviceEnv, PORT: port.default(8082), PAYMENT_WINDOW_MS: milliseconds(900_000) });
  expect(loadConfig(schema, { ...OIDC, PAYMENT_WINDOW_MS: '1000', HOST: '' })).toEqual({
    port: 8082,
    host: '0.0.0.0',
    logLevel: 'info',
    roles: { http: true, consumer: true, relay: true, worker: true },
    oidcIssuer: 'http://localhost:8091',
    oidcAudience: 'outerpark',
    drainNoticeMs: 0,
    otelExporterOtlpProtocol: 'http/protobuf',
    otelTracesSampler: 'parentbased_always_on',
    otelTracesSamplerArg: 1,
    paymentWindowMs: 1000,
  });
});

test('what cannot be traced is told', () => {
  const message = faultsOf(z.object(tracingEnv), {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_TRACES_SAMPLER_ARG: '10',
  });
  for (const fault of ['ENDPOINT="collector:4318"', 'PROTOCOL="grpc"', 'SAMPLER="sometimes"', 'SAMPLER_ARG="10"']) {
    expect(message).toContain(fault);
  }
});

test('the types follow the names', () => {
  const config = loadConfig(z.object({ PAYMENT_WINDOW_MS: milliseconds(5), WITH_MAIL: flag(false) }), {});
  const typed: { paymentWindowMs: number; withMail: boolean } = config;
  expect(typed).toEqual({ paymentWindowMs: 5, withMail: false });
});

test('every fault is told at once', () => {
  const message = faultsOf(z.object({ ...serviceEnv, ...databaseEnv, ...kafkaEnv }), {
    PORT: '70000',
    ROLES: 'http,cook',
    KAFKA_BROKERS: 'localhost',
    DATABASE_URL: 'mysql://localhost/x',
  });
  expect(message).toMatch(/PORT="70000"/);
  expect(message).toMatch(/ROLES="http,cook": must be some of http,consumer,relay,worker/);
  expect(message).toMatch(/OIDC_ISSUER: is missing/);
  expect(message).toMatch(/KAFKA_BROKERS="localhost": must be host:port/);
  expect(message).toMatch(/DATABASE_URL="mysql:\/\/localhost\/x": must be a postgres/);
});

test('a value that may be a secret is never told', () => {
  const message = faultsOf(z.object({ SESSION_SECRET: z.string().min(32), ...databaseEnv }), {
    SESSION_SECRET: 'hunter2',
    DATABASE_URL: 'mysql://app:hunter2@db/x',
  });
  expect(message).not.toContain('hunter2');
  expect(message).toMatch(/SESSION_SECRET: /);
  expect(message).toMatch(/DATABASE_URL: must be/);
});

test.each([
  [roles, 'consumer, relay', { http: false, consumer: true, relay: true, worker: false }],
  [brokers, 'a:9092, b:9092', ['a:9092', 'b:9092']],
  [urlList, 'http://a:1/,https://b', ['http://a:1', 'https://b']],
  [urlList, 'dns+http://pods.ns:8081', ['dns+http://pods.ns:8081']],
])('lists are separated by commas', (schema, text, value) => {
  expect(schema.parse(text)).toEqual(value);
});

test.each([
  [urlList, 'ftp://a'],
  [urlList, 'dns+https://pods:1'],
  [urlList, 'dns+http://pods:70000'],
  [urlList, 'dns+http://pods:1/path'],
  [urlList, ','],
  [brokers, ''],
  [roles, ','],
  [port, '1.5'],
])('a bad list or number is refused', (schema, text) => {
  expect(schema.safeParse(text).success).toBe(false);
});
