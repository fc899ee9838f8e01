import { at, type Edges } from '@outerpark/chassis/edges';
import { createHttpApp } from '@outerpark/chassis/http/app';
import { listenEarly } from '@outerpark/chassis/http/early-server';
import { createIdempotencyStore, keyRetention } from '@outerpark/chassis/http/idempotency-store';
import { openApiDocument } from '@outerpark/chassis/http/openapi';
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
import { together } from '@outerpark/chassis/together';
import { musicalService } from '@outerpark/contracts/operations/musical';
import type { Config } from './config';
import { routes } from './http/routes';
import { subscriptions } from './messaging/subscriptions';
import { holdsOfReservations } from './messaging/witness';
import { measureSeats } from './metrics';
import { attentionKinds } from './persistence/attention';
import { tombstoneRetention } from './persistence/holds';
import { migrations } from './persistence/migrations';
import { findMusicals, listMusicals } from './persistence/musicals';
import { createOffers } from './persistence/offers';
import { seatsOf } from './persistence/seats';
import { passRetention } from './persistence/waiting-passes';
import { createChangeCapacity } from './use-cases/change-capacity';
import { createReleaseSeats } from './use-cases/end-hold';
import { createHoldSeats } from './use-cases/hold-seats';
import { createRegisterMusical } from './use-cases/register-musical';
import { startWaitingRooms } from './waiting-rooms';

export type MusicalEdges = Edges<{ database: Database; broker: Broker }>;

/** Puts the musical service together and starts it: the truth about seats. */
export async function startMusical(
  config: Config,
  tools: ServiceTools,
  edges: MusicalEdges = {},
): Promise<RunningService> {
  const { logger, metrics, tracer } = tools;
  const server = await listenEarly(config, tools);
  const opened = await server.waitFor('the database', () =>
    openDatabase({
      name: 'musical',
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
    service: 'musical',
    config,
    store: database,
    now,
    logger,
    metrics,
    tracer,
    witnesses: [holdsOfReservations],
    brokerEdge: edges.broker,
  });
  const { outbox } = messaging;

  const readers = { 'reservation.events': eventReader(subscriptions(createReleaseSeats(outbox, now))) };
  messaging.consume(readers);
  measureSeats(metrics, database);

  const findOffers = createOffers(database);
  const waitingRooms = startWaitingRooms({ store: database, findOffers, config, now, logger, metrics });

  const retention = config.roles.worker
    ? startRetention({
        store: database,
        retentions: [
          ...messagingRetentions(config),
          keyRetention(config),
          tombstoneRetention(config),
          passRetention(config),
        ],
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
    document: openApiDocument(musicalService),
    routes: withOperators(
      routes({
        registerMusical: createRegisterMusical(database, outbox, now),
        changeCapacity: createChangeCapacity(database, outbox, now),
        holdSeats: createHoldSeats(database, findOffers, now, waitingRooms.countDecided),
        // Nobody gets what was read before he asked, and a rush on one musical reads it once for all who wait.
        findMusical: together(
          () => 'musicals',
          (ids: string[]) => findMusicals(database, ids),
        ),
        listMusicals: (limit, cursor) => listMusicals(database, limit, cursor),
        seatsOf: (musicalId) => seatsOf(database, musicalId),
        ...waitingRooms.api,
        idempotency: createIdempotencyStore(database.query),
      }),
      {
        service: 'musical',
        ...{ config, store: database, now, metrics, ready, readers },
        kinds: attentionKinds(config),
        // Only the reservation's event ends a hold.
        actions: {},
      },
    ),
  });
  server.serve(app);

  const shutdown = createShutdown(logger);
  shutdown.onStop('close the server', () => server.close());
  shutdown.onStop('finish the round of admissions', waitingRooms.stop);
  shutdown.onStop('leave the group', messaging.leaveGroup);
  shutdown.onStop('finish forgetting', () => retention?.stop());
  shutdown.onStop('flush the outbox', messaging.flush);
  shutdown.onStop('stop the clock', clock.stop);
  shutdown.onStop('close pools', database.close);
  return { url: server.url, drain: app.drain, stop: shutdown.run };
}
