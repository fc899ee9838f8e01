import { at, type Edges } from '@outerpark/chassis/edges';
import { createHttpApp } from '@outerpark/chassis/http/app';
import { listenEarly } from '@outerpark/chassis/http/early-server';
import { openApiDocument } from '@outerpark/chassis/http/openapi';
import { createIdempotencyStore, keyRetention } from '@outerpark/chassis/http/idempotency-store';
import { createTokenVerifier } from '@outerpark/chassis/http/token-verifier';
import { startLoop, type Loop } from '@outerpark/chassis/loop';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import { startMessaging } from '@outerpark/chassis/messaging/messaging';
import { messagingRetentions } from '@outerpark/chassis/messaging/retention';
import { withOperators } from '@outerpark/chassis/operators/operators';
import { startDatabaseClock } from '@outerpark/chassis/postgres/clock';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { startRetention } from '@outerpark/chassis/retention';
import { createShutdown, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import type { NoticeChannel } from '@outerpark/contracts/notification-events';
import type { PageQuery } from '@outerpark/contracts/http/paging';
import { notificationService } from '@outerpark/contracts/operations/notification';
import { createChat } from './clients/chat';
import { createMailer, type Mailer } from './clients/mailer';
import type { Config } from './config';
import { routes } from './http/routes';
import { readers } from './messaging/subscriptions';
import { measureNotices } from './metrics';
import { attentionKinds } from './persistence/attention';
import { deliveryRetention } from './persistence/deliveries';
import { migrations } from './persistence/migrations';
import { listNotices } from './persistence/notice-lists';
import { createAnnounce } from './use-cases/announce';
import { createDeliverNotices } from './use-cases/deliver-notices';
import { createPreferences } from './use-cases/preferences';
import { createResend, createResendByOperator } from './use-cases/resend';
import { createRetryNotice } from './use-cases/retry-notice';
import { availableOf, createSenders } from './use-cases/senders';

/** How many notices of a channel are on their way at the same time. */
const AT_ONCE = 20;
/** To the SMTP server: who opens more is often taken for a spammer. */
const CONNECTIONS = 5;
/** What a try may take beyond its own limit: the reading before it and the writing after it. */
const LEASE_MARGIN_MS = 20_000;
const POLL_MS = 500;

export type NotificationEdges = Edges<{ database: Database; broker: Broker; mailer: Mailer }>;

/** Puts the notification service together and starts it: customers are told. */
export async function startNotification(
  config: Config,
  tools: ServiceTools,
  edges: NotificationEdges = {},
): Promise<RunningService> {
  const { logger, metrics, tracer } = tools;
  const server = await listenEarly(config, tools);
  const opened = await server.waitFor('the database', () =>
    openDatabase({
      name: 'notification',
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
    service: 'notification',
    config,
    store: database,
    now,
    logger,
    metrics,
    tracer,
    brokerEdge: edges.broker,
  });
  const mailer = at(edges.mailer)(createMailer({ ...config, connections: CONNECTIONS }));

  const { chatWebhookUrl: url, chatWebhookSecret: secrets, chatTimeoutMs } = config;
  const chat = url && secrets ? createChat({ url, secrets, timeoutMs: chatTimeoutMs, now }) : undefined;
  const senders = createSenders({ mailer, chat, publicUrl: config.publicUrl });
  const available = availableOf(senders);

  const count = measureNotices(metrics, database);
  const workers: Loop[] = [];
  const wake = () => workers.forEach((worker) => worker.wake());
  /** Each channel that may be slow has a worker of its own, so that it keeps no other waiting. */
  const deliverBy = (name: string, channels: NoticeChannel[], timeoutMs: number) => {
    const deliver = createDeliverNotices({
      ...{ store: database, outbox: messaging.outbox, senders, available, channels, wake, now, logger, tracer, count },
      retry: { firstMs: config.mailRetryFirstMs, longestMs: config.mailRetryLongestMs },
      leaseMs: timeoutMs + LEASE_MARGIN_MS,
      atOnce: AT_ONCE,
    });
    const work = () => (messaging.safe() ? deliver() : Promise.resolve('idle' as const));
    workers.push(startLoop({ name, logger, work, idleMs: POLL_MS }));
  };
  if (config.roles.worker) {
    // What waited for a chat service that is no longer there is taken over as well.
    deliverBy('mail delivery', chat ? ['email', 'mypage'] : ['email', 'mypage', 'chat'], config.mailTimeoutMs);
    if (chat) deliverBy('chat delivery', ['chat'], chatTimeoutMs);
  }
  const read = readers(createAnnounce(config.mailGiveUpMs, now), wake);
  messaging.consume(read);

  const retention = config.roles.worker
    ? startRetention({
        store: database,
        retentions: [...messagingRetentions(config), keyRetention(config), deliveryRetention(config)],
        everyMs: config.retentionEveryMs,
        now,
        logger,
        metrics,
      })
    : undefined;

  const resend = createResend(config.mailGiveUpMs, now, wake);
  const api = {
    listNotices: (customerId: string | undefined, query: PageQuery) => listNotices(database, customerId, query),
    preferences: createPreferences(database, available),
    resend: createResendByOperator({ store: database, now }, resend),
    idempotency: createIdempotencyStore(database.query),
  };
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
    serves: config.roles.http,
    document: openApiDocument(notificationService),
    routes: withOperators(routes(api), {
      service: 'notification',
      ...{ config, store: database, now, metrics, ready, readers: read },
      kinds: attentionKinds(config),
      actions: {
        notice: { retry: createRetryNotice(now, wake) },
        'failed-notice': { resend },
      },
    }),
  });
  server.serve(app);

  const shutdown = createShutdown(logger);
  shutdown.onStop('close the server', () => server.close());
  shutdown.onStop('leave the group', messaging.leaveGroup);
  shutdown.onStop('finish the notices under way', () => Promise.all(workers.map((worker) => worker.stop())));
  shutdown.onStop('finish forgetting', () => retention?.stop());
  shutdown.onStop('flush the outbox', messaging.flush);
  shutdown.onStop('close SMTP', mailer.close);
  shutdown.onStop('stop the clock', clock.stop);
  shutdown.onStop('close pools', database.close);
  return { url: server.url, drain: app.drain, stop: shutdown.run };
}
