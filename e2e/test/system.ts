import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { loadTracer } from '@outerpark/chassis/telemetry/load';
import type { Tracer } from '@outerpark/chassis/telemetry/tracer';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { startTestIssuer } from '@outerpark/chassis/testing/issuer';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { startIssuer } from '@outerpark/dev/issuer/start';
import { demoToken } from '@outerpark/dev/issuer/token';
import { startMailInbox } from '@outerpark/dev/mail/start';
import { freePort } from '@outerpark/dev/servers/free-port';
import { startSimulator } from '@outerpark/dev/simulator/start';
import { DEVELOPMENT_SECRET } from '@outerpark/dev/start/environment';
import { startGateway } from '@outerpark/gateway/app';
import { readConfig as gatewayConfig } from '@outerpark/gateway/config';
import { startMusical } from '@outerpark/musical/app';
import { readConfig as musicalConfig } from '@outerpark/musical/config';
import { startMyPage } from '@outerpark/mypage/app';
import { readConfig as mypageConfig } from '@outerpark/mypage/config';
import { startNotification } from '@outerpark/notification/app';
import { readConfig as notificationConfig } from '@outerpark/notification/config';
import { startPayment } from '@outerpark/payment/app';
import { readConfig as paymentConfig } from '@outerpark/payment/config';
import { startReservation } from '@outerpark/reservation/app';
import { readConfig as reservationConfig } from '@outerpark/reservation/config';
import { createCustomer, type Customer } from './customer';

type Env = Record<string, string>;
export type ServiceName = 'musical' | 'reservation' | 'payment' | 'notification' | 'mypage' | 'gateway';

export interface SystemOptions {
  /** A broker of this test's own, where Kafka itself is stopped. */
  brokers?: string;
  /** More settings for a service. */
  env?: Partial<Record<ServiceName, Env>>;
  /** With the development issuer, at whose page a browser signs in; its demo accounts are all the customers there are. */
  signIn?: boolean;
  /** Where every service sends its traces, as `http/json`. */
  collector?: string;
  /** Gets every log line from `info` on. Without it only what is fatal is logged, or what E2E_LOG_LEVEL asks for. */
  log?: (line: string) => void;
}

/** All six services in this process, by the composition roots that production uses, on real Kafka and PostgreSQL. */
export interface System {
  gatewayUrl: string;
  url(name: ServiceName): string;
  simulatorUrl: string;
  inboxUrl: string;
  databases: Record<'musical' | 'reservation' | 'payment' | 'notification', string>;
  brokers: string[];
  topicPrefix: string;
  mypageDir: string;
  customer(name: string): Promise<Customer>;
  admin(): Promise<Customer>;
  /** Switches the provider's faults; none without an argument. */
  faults(faults?: Record<string, unknown>): Promise<void>;
  /** Stops one service as a rolling update would, and starts it again on the same port and stores. */
  stop(name: ServiceName): Promise<void>;
  start(name: ServiceName): Promise<void>;
  shutDown(): Promise<void>;
}

export async function startSystem({ brokers, env = {}, signIn, collector, log }: SystemOptions = {}): Promise<System> {
  const kafka = testKafka();
  const kafkaBrokers = brokers ?? kafka.brokers.join(',');
  const simulator = await startSimulator({ port: 0 });
  const inbox = await startMailInbox({ port: 0, smtpPort: 0, chatSecret: DEVELOPMENT_SECRET });
  const database = {
    musical: await createTestDatabase(),
    reservation: await createTestDatabase(),
    payment: await createTestDatabase(),
    notification: await createTestDatabase(),
  };
  const mypageDir = mkdtempSync(join(tmpdir(), 'outerpark-mypage-'));
  const ports: Record<ServiceName, number> = {
    musical: await freePort(),
    reservation: await freePort(),
    payment: await freePort(),
    notification: await freePort(),
    mypage: await freePort(),
    gateway: await freePort(),
  };
  const url = (name: ServiceName) => `http://127.0.0.1:${ports[name]}`;
  const issuer = await (signIn ? developmentIssuer(url('gateway')) : signingIssuer());

  const logLevel = log ? 'info' : ((process.env.E2E_LOG_LEVEL as 'info' | undefined) ?? 'fatal');
  const common = (name: ServiceName): Env => ({
    PORT: String(ports[name]),
    HOST: '127.0.0.1',
    LOG_LEVEL: logLevel,
    OIDC_ISSUER: issuer.issuer,
    KAFKA_BROKERS: kafkaBrokers,
    TOPIC_PREFIX: kafka.topicPrefix,
  });
  const tracers = new Map<ServiceName, Tracer | undefined>();
  const tools = (name: ServiceName) => {
    const logger = createLogger(name, logLevel, log && { write: log });
    const metrics = createMetrics(name);
    const tracer = loadTracer(name, tracingTo(collector), { logger, metrics });
    tracers.set(name, tracer);
    return { logger, metrics, tracer };
  };
  const roots: Record<ServiceName, () => Promise<RunningService>> = {
    musical: () =>
      startMusical(
        musicalConfig({ ...common('musical'), DATABASE_URL: database.musical.url, ...env.musical }),
        tools('musical'),
      ),
    reservation: () =>
      startReservation(
        reservationConfig({
          ...common('reservation'),
          DATABASE_URL: database.reservation.url,
          MUSICAL_URL: url('musical'),
          EXPIRY_GRACE_MS: '2000',
          SWEEP_EVERY_MS: '100',
          ...env.reservation,
        }),
        tools('reservation'),
      ),
    payment: () =>
      startPayment(
        paymentConfig({
          ...common('payment'),
          DATABASE_URL: database.payment.url,
          PAYMENT_PROVIDER_URL: simulator.url,
          ...env.payment,
        }),
        tools('payment'),
      ),
    notification: () =>
      startNotification(
        notificationConfig({
          ...common('notification'),
          DATABASE_URL: database.notification.url,
          SMTP_URL: inbox.smtpUrl,
          CHAT_WEBHOOK_URL: inbox.chatUrl,
          CHAT_WEBHOOK_SECRET: DEVELOPMENT_SECRET,
          ...env.notification,
        }),
        tools('notification'),
      ),
    mypage: () =>
      startMyPage(mypageConfig({ ...common('mypage'), DATA_DIR: mypageDir, ...env.mypage }), tools('mypage')),
    gateway: () =>
      startGateway(
        gatewayConfig({
          ...common('gateway'),
          PUBLIC_URL: url('gateway'),
          SESSION_SECRET: 'of-the-tests-so-that-sessions-outlive-a-restart',
          MUSICAL_URL: url('musical'),
          RESERVATION_URL: url('reservation'),
          PAYMENT_URL: url('payment'),
          NOTIFICATION_URL: url('notification'),
          MYPAGE_URL: url('mypage'),
          ...env.gateway,
        }),
        tools('gateway'),
      ),
  };

  const running = new Map<ServiceName, RunningService>();
  const start = async (name: ServiceName) => void running.set(name, await roots[name]());
  const stop = async (name: ServiceName) => {
    await running.get(name)?.stop();
    await tracers.get(name)?.shutdown();
    running.delete(name);
  };
  await Promise.all((['musical', 'reservation', 'payment', 'notification', 'mypage'] as const).map(start));
  await start('gateway');

  return {
    gatewayUrl: url('gateway'),
    url,
    simulatorUrl: simulator.url,
    inboxUrl: inbox.url,
    databases: {
      musical: database.musical.url,
      reservation: database.reservation.url,
      payment: database.payment.url,
      notification: database.notification.url,
    },
    brokers: kafkaBrokers.split(','),
    topicPrefix: kafka.topicPrefix,
    mypageDir,
    customer: async (name) => createCustomer(url('gateway'), await issuer.tokenOf(name)),
    admin: async () => createCustomer(url('gateway'), await issuer.tokenOf('admin')),
    faults: async (faults) => {
      const answer = await fetch(`${simulator.url}/faults`, {
        method: faults ? 'PUT' : 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: faults ? JSON.stringify(faults) : undefined,
      });
      if (!answer.ok) throw new Error(`the simulator refused these faults: ${await answer.text()}`);
    },
    start,
    stop,
    shutDown: async () => {
      await stop('gateway');
      await Promise.all([...running.keys()].map(stop));
      await Promise.all([simulator.stop(), inbox.stop(), issuer.stop()]);
      for (const { drop } of Object.values(database)) await drop();
      rmSync(mypageDir, { recursive: true, force: true });
    },
  };
}

const tracingTo = (collector: string | undefined) =>
  ({
    otelExporterOtlpEndpoint: collector,
    otelExporterOtlpProtocol: 'http/json',
    otelTracesSampler: 'parentbased_always_on',
    otelTracesSamplerArg: 1,
  }) as const;

interface Issuer {
  issuer: string;
  tokenOf(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Gives tokens to whomever a test thinks of. */
async function signingIssuer(): Promise<Issuer> {
  const { issuer, token, stop } = await startTestIssuer();
  const claimsOf = (name: string) =>
    name === 'admin' ? { roles: ['admin'] } : { email: `${name}@example.com`, name, locale: 'en' };
  return { issuer, tokenOf: (name) => token({ sub: name, ...claimsOf(name), expiresIn: '1h' }), stop };
}

/** The one that `npm start` has, with a page to sign in. */
async function developmentIssuer(gatewayUrl: string): Promise<Issuer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'outerpark-issuer-'));
  const { url, stop } = await startIssuer({
    port: await freePort(),
    dataDir,
    redirectUris: [`${gatewayUrl}/auth/callback`],
  });
  return {
    issuer: url,
    tokenOf: (name) => demoToken(url, name),
    stop: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
