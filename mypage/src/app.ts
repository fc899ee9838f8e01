import { systemClock } from '@outerpark/chassis/clock';
import { at, type Edges } from '@outerpark/chassis/edges';
import { createHttpApp } from '@outerpark/chassis/http/app';
import { openApiDocument } from '@outerpark/chassis/http/openapi';
import { listen } from '@outerpark/chassis/http/server';
import { createTokenVerifier } from '@outerpark/chassis/http/token-verifier';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import { startConsumer } from '@outerpark/chassis/messaging/consumer';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { kafkaOf } from '@outerpark/chassis/messaging/kafka-access';
import { countApplied, measureInbox } from '@outerpark/chassis/messaging/metrics';
import { startTopicGuard } from '@outerpark/chassis/messaging/topics';
import { createAttention } from '@outerpark/chassis/operators/attention';
import { measureAttention } from '@outerpark/chassis/operators/metrics';
import { addOperatorRoutes } from '@outerpark/chassis/operators/routes';
import { stalledInbox } from '@outerpark/chassis/messaging/attention';
import { eventTopics } from '@outerpark/contracts/topics';
import { startRetention } from '@outerpark/chassis/retention';
import { createShutdown, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import { myPageService } from '@outerpark/contracts/operations/mypage';
import type { Config } from './config';
import { routes } from './http/routes';
import { measureStreams } from './http/stream';
import { startCatchUp } from './messaging/catch-up';
import { FOLD_VERSION, readersTelling } from './messaging/fold';
import { openReplica } from './persistence/replica';
import { retentions } from './persistence/retention';
import type { SqliteStore } from './persistence/sqlite-store';
import { createWatch } from './use-cases/watch-my-page';

export type MyPageEdges = Edges<{ store: SqliteStore; broker: Broker }>;

/** Puts the mypage service together and starts it: what the customer sees. */
export async function startMyPage(
  config: Config,
  { logger, metrics, tracer }: ServiceTools,
  { foldVersion = FOLD_VERSION, ...edges }: MyPageEdges & { foldVersion?: number } = {},
): Promise<RunningService> {
  const replica = await openReplica(config.dataDir, foldVersion, logger);
  const store = at(edges.store)(replica.store);
  const broker = at(edges.broker)(connectKafka({ ...kafkaOf(config), clientId: 'mypage', logger }));
  const topics = startTopicGuard(broker, { create: config.createTopics, logger });
  const watch = createWatch({ store, most: config.mostStreams, logger });
  // What another process folds into the file, this one does not hear of.
  if (!config.roles.consumer) watch.close();
  const readers = readersTelling(watch.changed);

  const consume = () => {
    const { groupId } = replica;
    const consumer = config.roles.consumer
      ? startConsumer({
          ...{ broker, store, groupId, readers, logger, now: systemClock, tracer },
          applied: countApplied(metrics),
        })
      : undefined;
    measureInbox(metrics, { query: store.read }, consumer);
    return consumer;
  };
  const catchUp = startCatchUp({
    replica,
    broker,
    consume,
    patienceMs: config.kafkaPatienceMs,
    onHidden: watch.endAll,
    logger,
  });

  const retention = config.roles.worker
    ? startRetention({
        store,
        retentions: retentions(config),
        everyMs: config.retentionEveryMs,
        now: systemClock,
        logger,
        metrics,
      })
    : undefined;

  const attention = createAttention({
    // Replicas fold for themselves, and each may be stuck by itself.
    service: replica.groupId,
    store: { query: store.read },
    now: systemClock,
    kinds: stalledInbox(config.stalledAfterMs, [...eventTopics], systemClock()),
    sinceInMs: 'since',
  });
  measureAttention(metrics, attention, systemClock);

  const ready = { file: () => store.read('SELECT 1'), view: catchUp.ready };
  const app = createHttpApp({
    logger,
    metrics,
    tracer,
    ready,
    verify: createTokenVerifier({
      issuer: config.oidcIssuer,
      audience: config.oidcAudience,
      discoveryUrl: config.oidcDiscoveryUrl,
    }),
    serves: config.roles.http,
    document: openApiDocument(myPageService),
    routes: addOperatorRoutes(
      routes({
        store,
        requireComplete: catchUp.requireComplete,
        watch,
        streamBeatMs: config.streamBeatMs,
        told: measureStreams(metrics, watch),
      }),
      { service: 'mypage', store, now: systemClock, metrics, ready, readers, attention, actions: {} },
    ),
  });
  const server = await listen(app, config);

  const shutdown = createShutdown(logger);
  shutdown.onStop('end the streams', watch.close);
  shutdown.onStop('close the server', () => server.close());
  shutdown.onStop('leave the group', catchUp.stop);
  shutdown.onStop('finish forgetting', () => retention?.stop());
  shutdown.onStop('leave Kafka', async () => {
    await topics.stop();
    await broker.close();
  });
  shutdown.onStop('close the file', store.close);
  return { url: server.url, drain: app.drain, stop: shutdown.run };
}
