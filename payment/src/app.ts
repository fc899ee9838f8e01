import { at, type Edges } from '@outerpark/chassis/edges';
import { createHttpApp } from '@outerpark/chassis/http/app';
import { listenEarly } from '@outerpark/chassis/http/early-server';
import { openApiDocument } from '@outerpark/chassis/http/openapi';
import { keyRetention } from '@outerpark/chassis/http/idempotency-store';
import { createTokenVerifier } from '@outerpark/chassis/http/token-verifier';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import { startMessaging } from '@outerpark/chassis/messaging/messaging';
import { eventReader } from '@outerpark/chassis/messaging/reading';
import { messagingRetentions } from '@outerpark/chassis/messaging/retention';
import { withOperators } from '@outerpark/chassis/operators/operators';
import { startDatabaseClock } from '@outerpark/chassis/postgres/clock';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { startRetention } from '@outerpark/chassis/retention';
import { createShutdown, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import { paymentService } from '@outerpark/contracts/operations/payment';
import type { PaymentProvider } from './clients/provider';
import { connectSimulator } from './clients/simulator';
import type { Config } from './config';
import type { Policy } from './domain/payment';
import { createForecast } from './forecast';
import { routes } from './http/routes';
import { subscriptions } from './messaging/subscriptions';
import { measurePayments } from './metrics';
import { createPace } from './pace';
import { attentionKinds } from './persistence/attention';
import { listPayments } from './persistence/payment-list';
import { migrations } from './persistence/migrations';
import { webhookRetention } from './persistence/webhooks';
import { createChangeWanted } from './use-cases/change-wanted';
import { createClaimSteps } from './use-cases/claim-steps';
import { createReceiveWebhook } from './use-cases/receive-webhook';
import { createRetryPayment } from './use-cases/retry-payment';
import { createSettleWaiting } from './use-cases/settle-waiting';
import { createTakeStep } from './use-cases/take-step';
import { startPaymentWorker } from './worker';

const DAY_MS = 86_400_000;
const LEASE_MS = 30_000;

export type PaymentEdges = Edges<{ database: Database; broker: Broker; provider: PaymentProvider }>;

/** Puts the payment service together and starts it: it closes the gap between what is wanted and what is charged. */
export async function startPayment(
  config: Config,
  tools: ServiceTools,
  edges: PaymentEdges = {},
): Promise<RunningService> {
  const { roles } = config;
  const { logger, metrics, tracer } = tools;
  const server = await listenEarly(config, tools);
  const opened = await server.waitFor('the database', () =>
    openDatabase({
      name: 'payment',
      url: config.databaseUrl,
      poolSize: config.databasePoolSize,
      migrations,
      migrate: config.migrate,
      tracer,
    }),
  );
  const database = at(edges.database)(opened);
  database.measure(metrics);
  const clock = await server.waitFor('the database', () => startDatabaseClock(database));
  const { now } = clock;
  const messaging = startMessaging({
    service: 'payment',
    config,
    store: database,
    now,
    logger,
    metrics,
    tracer,
    brokerEdge: edges.broker,
  });
  const simulator = connectSimulator({
    url: config.paymentProviderUrl,
    timeoutMs: config.providerTimeoutMs,
    breakerVolume: config.breakerVolume,
    breakerResetMs: config.breakerResetMs,
    webhookSecrets: config.paymentWebhookSecret,
    metrics,
  });
  const provider = at(edges.provider)(simulator);

  const pace = createPace({ limit: config.providerRate, nowMs: () => performance.now(), chance: Math.random });
  const steps = {
    store: database,
    outbox: messaging.outbox,
    provider,
    pace,
    forecast: createForecast({ store: database, now, provider, pace }),
    policy: policyOf(config),
    leaseMs: Math.max(LEASE_MS, 3 * config.providerTimeoutMs),
    now,
    logger,
    tracer,
    count: measurePayments(metrics, database),
  };
  const claimSteps = createClaimSteps(steps);
  const settleWaiting = createSettleWaiting(steps);
  const worker = roles.worker
    ? startPaymentWorker({
        claimSteps: async (atMost, begin) => messaging.safe() && claimSteps(atMost, begin),
        takeStep: createTakeStep(steps),
        settleWaiting: async (waitedMs) => (messaging.safe() ? settleWaiting(waitedMs) : 0),
        availability: provider.availability,
        pace,
        concurrency: config.workerConcurrency,
        pollMs: config.workerPollMs,
        logger,
      })
    : undefined;
  const wakeWorker = () => worker?.wake();
  const changeWanted = createChangeWanted(now, wakeWorker);
  const readers = { 'reservation.events': eventReader(subscriptions(changeWanted)) };
  messaging.consume(readers);
  const retry = createRetryPayment(now, wakeWorker);

  const retention = config.roles.worker
    ? startRetention({
        store: database,
        retentions: [...messagingRetentions(config), keyRetention(config), webhookRetention],
        everyMs: config.retentionEveryMs,
        now,
        logger,
        metrics,
      })
    : undefined;

  const ready = { database: database.check, ...messaging.ready };
  const app = createHttpApp({
    logger,
    metrics,
    tracer,
    ready,
    notes: messaging.notes,
    verify: createTokenVerifier({
      issuer: config.oidcIssuer,
      audience: config.oidcAudience,
      discoveryUrl: config.oidcDiscoveryUrl,
    }),
    serves: roles.http,
    document: openApiDocument(paymentService),
    routes: withOperators(
      routes({
        listPayments: (customerId, query) => listPayments(database, customerId, query),
        receiveWebhook: createReceiveWebhook({
          store: database,
          now,
          verifiers: new Map(config.paymentWebhookSecret && [['simulator', provider.verifyWebhook]]),
          wakeWorker,
        }),
      }),
      {
        service: 'payment',
        ...{ config, store: database, now, metrics, ready, readers },
        kinds: attentionKinds(config),
        actions: { payment: { retry }, deferred: { retry }, refund: { retry } },
      },
    ),
  });
  server.serve(app);

  const shutdown = createShutdown(logger);
  shutdown.onStop('close the server', () => server.close());
  shutdown.onStop('leave the group', messaging.leaveGroup);
  shutdown.onStop('finish the steps under way', () => worker?.stop());
  shutdown.onStop('close the provider', provider.close);
  shutdown.onStop('finish forgetting', () => retention?.stop());
  shutdown.onStop('flush the outbox', messaging.flush);
  shutdown.onStop('stop the clock', clock.stop);
  shutdown.onStop('close pools', database.close);
  return { url: server.url, drain: app.drain, stop: shutdown.run };
}

const policyOf = (config: Config): Policy => ({
  deferralMs: config.deferralMs,
  cutoffMs: config.attemptCutoffMs,
  longestMs: DAY_MS,
  retryMs: { first: config.retryFirstMs, longest: config.retryLongestMs },
  // A webhook tells sooner; one that is lost costs no more than this.
  pagePollMs: config.paymentWebhookSecret
    ? { first: 5 * config.pagePollMs, longest: 30 * config.pagePollMs }
    : { first: config.pagePollMs, longest: 5 * config.pagePollMs },
});
