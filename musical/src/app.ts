import { createHttpApp } from '@outerpark/chassis/http/app';
import { createTokenVerifier } from '@outerpark/chassis/http/auth';
import { listen } from '@outerpark/chassis/http/server';
import { startConsumer } from '@outerpark/chassis/messaging/consumer';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { measureMessaging } from '@outerpark/chassis/messaging/metrics';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { eventReader } from '@outerpark/chassis/messaging/reading';
import { startRelay } from '@outerpark/chassis/messaging/relay';
import { startTopicGuard } from '@outerpark/chassis/messaging/topics';
import { startDatabaseClock } from '@outerpark/chassis/postgres/clock';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import { createShutdown, type RunningService, type ServiceTools } from '@outerpark/chassis/service';
import type { Config } from './config';
import { routes } from './http/routes';
import { subscriptions } from './messaging/subscriptions';
import { migrations } from './persistence/migrations';
import { useCases } from './use-cases';

/** Puts the musical service together and starts it: the truth about seats. */
export async function startMusical(config: Config, { logger, metrics, fatal }: ServiceTools): Promise<RunningService> {
  const shutdown = createShutdown(logger);
  const database = await openDatabase({ name: 'musical', url: config.databaseUrl, poolSize: config.databasePoolSize, migrations });
  shutdown.onStop('close pools', () => database.close());
  return shutdown;
}
