import { brokerEnv, ConfigError, httpUrl, loadConfig, postgresUrl } from '@outerpark/chassis/config';
import { kafkaIsWhole, kafkaOf } from '@outerpark/chassis/messaging/kafka-access';
import { homeOf } from '@outerpark/dev/start/options';
import { readRunFile, type RunFile } from '@outerpark/dev/start/run-file';
import { z } from 'zod';
import type { AuditedSystem } from './system';

const folders = z.string().transform((text) => text.split(',').map((folder) => folder.trim()));

const shape = {
  MUSICAL_DATABASE_URL: postgresUrl,
  RESERVATION_DATABASE_URL: postgresUrl,
  PAYMENT_DATABASE_URL: postgresUrl,
  NOTIFICATION_DATABASE_URL: postgresUrl,
  ...brokerEnv,
  PAYMENT_PROVIDER_URL: httpUrl,
  /** Of each replica, separated by commas; without them I6 is not looked at. */
  MYPAGE_DATA_DIRS: folders.default([]),
};
const schema = z.object(shape).superRefine(kafkaIsWhole);

/** What `npm start` has started, but for what the environment names. Throws ConfigError when the two do not name all of it. */
export function readConfig(env = process.env): AuditedSystem {
  const run = readRunFile(homeOf(env));
  const named = { ...(run ? namedBy(run) : {}), ...given(env) };
  if (!Object.keys(named).some((name) => name in shape)) throw new ConfigError(NOTHING);
  const config = loadConfig(schema, named);
  return {
    databases: {
      musical: config.musicalDatabaseUrl,
      reservation: config.reservationDatabaseUrl,
      payment: config.paymentDatabaseUrl,
      notification: config.notificationDatabaseUrl,
    },
    kafka: kafkaOf(config),
    mypageDirs: config.mypageDataDirs,
    providerUrl: config.paymentProviderUrl,
  };
}

const NAMED = Object.keys(shape).filter((name) => !/^KAFKA_(?!BROKERS)/.test(name));

const NOTHING = `OuterPark does not run here; start it with npm start, or name a system by ${NAMED.join(', ')}.`;

const given = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));

const namedBy = (run: RunFile): NodeJS.ProcessEnv => ({
  MUSICAL_DATABASE_URL: run.databases.musical,
  RESERVATION_DATABASE_URL: run.databases.reservation,
  PAYMENT_DATABASE_URL: run.databases.payment,
  NOTIFICATION_DATABASE_URL: run.databases.notification,
  KAFKA_BROKERS: run.kafkaBrokers,
  PAYMENT_PROVIDER_URL: run.paymentProvider,
  MYPAGE_DATA_DIRS: run.mypageDirs.join(','),
});
