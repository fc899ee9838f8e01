import { at, type Edges } from '@outerpark/chassis/edges';
import { createHttpApp } from '@outerpark/chassis/http/app';
import { listenEarly } from '@outerpark/chassis/http/early-server';
import { createIdempotencyStore, keyRetention } from '@outerpark/chassis/http/idempotency-store';
import { openApiDocument } from '@outerpark/chassis/http/openapi';
import { createTokenVerifier } from '@outerpark/chassis/http/token-verifier';
import { startLoop } from '@outerpark/chassis/loop';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import { startMessaging } from '@outerpark/chassis/messaging/messaging';
import { messagingRetentions } from '@outerpark/chassis/messaging/retention';
import { withOperators } from '@outerpark/chassis/operators/operators';
import { startDatabaseClock } from '@outerpark/chassis/postgres/clock';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { startRetention } from '@outerpark/chassis/retention';
import { createShutdown, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import { reservationService } from '@outerpark/contracts/operations/reservation';
import { createMusicalClient, type MusicalClient } from './clients/musical-client';
import type { Config } from './config';
import { routes } from './http/routes';
import { subscriptions } from './messaging/subscriptions';
import { measureReservations } from './metrics';
import { intentRetention } from './persistence/intents';
import { attentionKinds } from './persistence/attention';
import { migrations } from './persistence/migrations';
import { ReservationEntity } from './persistence/reservation-entity';
import { listReservations } from './persistence/reservation-list';
import { createAbandonUnlessLive } from './use-cases/abandon-unless-live';
import { createAbandonStaleIntents } from './use-cases/abandon-intents';
import {
  createCancelReservation,
  createConfirmPaid,
  createFindReservation,
  createRequestPayment,
} from './use-cases/change-reservation';
import { createExpireReservations } from './use-cases/expire-reservations';
import { createReserveSeats } from './use-cases/reserve-seats';
import { createSeeSales } from './use-cases/see-sales';

export type ReservationEdges = Edges<{ database: Database; broker: Broker; musical: MusicalClient }>;

const DAY_MS = 86_400_000;

/** Puts the reservation service together and starts it: the customer's promise of seats, and the saga around it. */
export async function startReservation(
  config: Config,
  tools: ServiceTools,
  edges: ReservationEdges = {},
): Promise<RunningService> {
  const { logger, metrics, tracer } = tools;
  const server = await listenEarly(config, tools);
  const opened = await server.waitFor('the database', () =>
    openDatabase({
      name: 'reservation',
      url: config.databaseUrl,
      poolSize: config.databasePoolSize,
      migrations,
      entities: [ReservationEntity],
      migrate: config.migrate,
      tracer,
    }),
  );
  const database = at(edges.database)(opened);
  database.measure(metrics);
  const clock = await server.waitFor('the database', () => startDatabaseClock(database));
  const { now } = clock;
  const messaging = startMessaging({
    service: 'reservation',
    config,
    store: database,
    now,
    logger,
    metrics,
    tracer,
    brokerEdge: edges.broker,
  });
  const { outbox } = messaging;
  const client = createMusicalClient({
    urls: config.musicalUrl,
    timeoutMs: config.musicalTimeoutMs,
    breakerResetMs: config.breakerResetMs,
    breakerVolume: config.breakerVolume,
    logger,
    metrics,
  });
  const musical = at(edges.musical)(client);
  const { paymentWindowMs, intentLeaseMs } = config;

  const readers = subscriptions(createConfirmPaid(outbox, now));
  messaging.consume(readers);
  measureReservations(metrics, database);

  const abandonUnlessLive = createAbandonUnlessLive(outbox, now, config.intentLimitMs);

  const sweep = (name: string, work: () => Promise<'busy' | 'idle'>) =>
    startLoop({ name, logger, work, idleMs: config.sweepEveryMs });
  const sweepers = config.roles.worker
    ? [
        sweep(
          'expire reservations',
          createExpireReservations(database, outbox, now, config.expiryGraceMs, config.keepOutboxDays * DAY_MS),
        ),
        sweep('abandon intents', createAbandonStaleIntents(database, outbox, now, config.intentLimitMs)),
      ]
    : [];

  const retention = config.roles.worker
    ? startRetention({
        store: database,
        retentions: [...messagingRetentions(config), keyRetention(config), intentRetention(config)],
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
    serves: config.roles.http,
    document: openApiDocument(reservationService),
    routes: withOperators(
      routes({
        reserveSeats: createReserveSeats({ store: database, outbox, musical, now, paymentWindowMs, intentLeaseMs }),
        findReservation: createFindReservation(database),
        cancelReservation: createCancelReservation(database, outbox, now),
        requestPayment: createRequestPayment(database, outbox, now),
        listReservations: (query) => listReservations(database, query),
        seeSales: createSeeSales(database, now),
        idempotency: createIdempotencyStore(database.query),
      }),
      {
        service: 'reservation',
        ...{ config, store: database, now, metrics, ready, readers },
        kinds: attentionKinds(config),
        actions: {
          intent: { release: abandonUnlessLive },
          hold: { release: abandonUnlessLive },
          saga: { release: abandonUnlessLive },
          payment: { refund: abandonUnlessLive },
          deferred: { refund: abandonUnlessLive },
        },
      },
    ),
  });
  server.serve(app);

  const shutdown = createShutdown(logger);
  shutdown.onStop('close the server', () => server.close());
  shutdown.onStop('finish the sweeps', () => Promise.all(sweepers.map((sweeper) => sweeper.stop())));
  shutdown.onStop('leave the group', messaging.leaveGroup);
  shutdown.onStop('finish forgetting', () => retention?.stop());
  shutdown.onStop('flush the outbox', messaging.flush);
  shutdown.onStop('close the client', musical.close);
  shutdown.onStop('stop the clock', clock.stop);
  shutdown.onStop('close pools', database.close);
  return { url: server.url, drain: app.drain, stop: shutdown.run };
}
