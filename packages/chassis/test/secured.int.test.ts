import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@outerpark/dev/servers/free-port';
import { startKafka, type Kafka } from '@outerpark/dev/servers/kafka';
import { startPostgres, type Postgres } from '@outerpark/dev/servers/postgres';
import { postgresUser } from '@outerpark/dev/servers/postgres-user';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { brokerEnv, databaseEnv, loadConfig } from '../src/config';
import type { Broker, IncomingMessage } from '../src/messaging/broker';
import { connectKafka } from '../src/messaging/kafka';
import { kafkaIsWhole, kafkaOf } from '../src/messaging/kafka-access';
import { openDatabase, type Database } from '../src/postgres/database';
import { eventually } from '../src/testing/eventually';
import { makeCertificates, type Certificates } from './support/certificates';
import { logger } from './support/store';

jest.setTimeout(90_000);

let dir: string;
let certificates: Certificates;
beforeAll(() => {
  dir = mkdtempSync(join(process.env.TEST_SERVERS_DIR!, 'secured-'));
  chmodSync(dir, 0o755);
  certificates = makeCertificates(dir);
});

describe('Kafka with TLS, client certificates and SASL', () => {
  const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const PLAIN =
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="outerpark" password="the word" user_outerpark="the word";';
  let kafka: Kafka | undefined;
  const brokers: Broker[] = [];

  beforeAll(async () => {
    kafka = await startKafka({
      dir: join(dir, 'kafka'),
      port: await freePort(),
      controllerPort: await freePort(),
      properties: {
        'listener.security.protocol.map': 'BROKER:SASL_SSL,CONTROLLER:PLAINTEXT',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': certificates.both,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': certificates.ca,
        'listener.name.broker.ssl.client.auth': 'required',
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'listener.name.broker.plain.sasl.jaas.config': PLAIN,
        'listener.name.broker.scram-sha-256.sasl.jaas.config': SCRAM,
        'listener.name.broker.scram-sha-512.sasl.jaas.config': SCRAM,
      },
      formatArgs: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=outerpark,password=the word]`,
      ]),
    });
  });
  afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.close())));
  afterAll(() => kafka?.stop());

  const env = (mechanism = 'scram-sha-512') => ({
    KAFKA_BROKERS: kafka!.brokers,
    KAFKA_TLS: 'true',
    KAFKA_CA_FILE: certificates.ca,
    KAFKA_CERT_FILE: certificates.cert,
    KAFKA_KEY_FILE: certificates.key,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: 'outerpark',
    KAFKA_SASL_PASSWORD: 'the word',
  });
  const connect = (settings: Record<string, string>): Broker => {
    const config = loadConfig(z.object(brokerEnv).superRefine(kafkaIsWhole), settings);
    const broker = connectKafka({ ...kafkaOf(config), clientId: 'test', logger });
    brokers.push(broker);
    return broker;
  };

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('%s: publishes and consumes', async (mechanism) => {
    const broker = connect({ ...env(mechanism), TOPIC_PREFIX: `${mechanism}.` });
    await eventually(() => broker.ensureTopics(), { withinMs: 30_000 });
    await broker.publish([{ topic: 'musical.events', key: 'a', headers: {}, value: 'secured' }]);
    const seen: IncomingMessage[] = [];
    const subscription = broker.subscribe({
      groupId: 'test',
      topics: ['musical.events'],
      position: () => Promise.resolve(0),
      apply: ({ messages }) => {
        seen.push(...messages);
        return Promise.resolve({ next: messages.at(-1)!.offset + 1 });
      },
    });
    await eventually(() => expect(seen.map(({ value }) => value)).toEqual(['secured']), { withinMs: 30_000 });
    await subscription.stop();
  });

  test.each<[string, Record<string, string>]>([
    ['a wrong password', { KAFKA_SASL_PASSWORD: 'another' }],
    ['an authority that is not known', { KAFKA_CA_FILE: '' }],
    ['no certificate of its own', { KAFKA_CERT_FILE: '', KAFKA_KEY_FILE: '' }],
    ['no TLS', { KAFKA_TLS: '', KAFKA_CA_FILE: '', KAFKA_CERT_FILE: '', KAFKA_KEY_FILE: '' }],
    ['no SASL', { KAFKA_SASL_MECHANISM: '', KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD: '' }],
  ])('whoever comes with %s is kept out', async (_, wrong) => {
    await expect(connect({ ...env(), ...wrong }).ends('musical.events')).rejects.toThrow();
  });
});

describe('PostgreSQL with TLS', () => {
  let postgres: Postgres | undefined;
  const opened: Database[] = [];

  beforeAll(async () => {
    const user = postgresUser();
    const own = join(dir, 'of-postgres');
    mkdirSync(own, { mode: 0o755 });
    const { ca, cert, key } = makeCertificates(own);
    chmodSync(key, 0o600);
    if (user) chownSync(key, user.uid, user.gid);
    certificates = { ...certificates, ca };
    const settings = { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key };
    postgres = await startPostgres({ dir: join(dir, 'postgres'), port: await freePort(), durable: false, settings });
  });
  afterEach(() => Promise.all(opened.splice(0).map((database) => database.close())));
  afterAll(() => postgres?.stop());

  const open = async (parameters: string, host = 'localhost'): Promise<Database> => {
    const url = `${postgres!.adminUrl.replace('127.0.0.1', host)}${parameters}`;
    const { databaseUrl } = loadConfig(z.object(databaseEnv), { DATABASE_URL: url });
    const database = await openDatabase({ name: 'test', url: databaseUrl, poolSize: 2, migrations: [CreateA1] });
    opened.push(database);
    return database;
  };
  const secured = async (database: Database) =>
    (await database.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'))[0]?.ssl;

  test("by the URL's own parameters, also for migrations", async () => {
    const database = await open(`?sslmode=verify-full&sslrootcert=${certificates.ca}`);
    await expect(secured(database)).resolves.toBe(true);
    await expect(database.check()).resolves.toBeUndefined();
    await expect(secured(await open('', '127.0.0.1'))).resolves.toBe(false);
  });

  test('a server whose authority is not known is not spoken to', async () => {
    await expect(open('?sslmode=verify-full')).rejects.toThrow(/certificate/);
  });

  test('a file that is not there is a fault of the configuration', async () => {
    await expect(open('?sslmode=verify-full&sslrootcert=/no/such.pem')).rejects.toThrow('sslrootcert: no file');
  });
});

class CreateA1 implements MigrationInterface {
  name = 'CreateA1790000001000';
  async up(runner: QueryRunner) {
    await runner.query('CREATE TABLE IF NOT EXISTS a (id int)');
  }
  down = () => Promise.resolve();
}
