import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'audit-home-'))));
afterEach(() => rmSync(home, { recursive: true }));

const database = (name: string) => `postgres://${name}:secret@127.0.0.1:5432/${name}`;
const databases = {
  musical: database('musical'),
  reservation: database('reservation'),
  payment: database('payment'),
  notification: database('notification'),
};

test('reads what runs, but for what the environment names', () => {
  const run = {
    databases,
    kafkaBrokers: '127.0.0.1:19092',
    mypageDirs: ['/data/mypage-1', '/data/mypage-2'],
    paymentProvider: 'http://127.0.0.1:8090',
  };
  writeFileSync(join(home, 'run.json'), JSON.stringify(run));
  expect(readConfig({ OUTERPARK_HOME: home, KAFKA_BROKERS: 'kafka:9092', TOPIC_PREFIX: 'stage.' })).toEqual({
    databases,
    kafka: { brokers: ['kafka:9092'], topicPrefix: 'stage.' },
    mypageDirs: ['/data/mypage-1', '/data/mypage-2'],
    providerUrl: 'http://127.0.0.1:8090',
  });
});

test('without folders of mypage it audits the rest', () => {
  const urls = Object.fromEntries(
    Object.entries(databases).map(([service, url]) => [`${service.toUpperCase()}_DATABASE_URL`, url]),
  );
  const named = { KAFKA_BROKERS: 'kafka:9092', PAYMENT_PROVIDER_URL: 'http://provider' };
  const secured = {
    KAFKA_TLS: 'true',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: 'audit',
    KAFKA_SASL_PASSWORD: 'secret',
  };
  expect(readConfig({ OUTERPARK_HOME: home, ...urls, ...named, ...secured })).toEqual({
    databases,
    kafka: {
      brokers: ['kafka:9092'],
      topicPrefix: '',
      tls: {},
      sasl: { mechanism: 'plain', username: 'audit', password: 'secret' },
    },
    mypageDirs: [],
    providerUrl: 'http://provider',
  });
});

test('tells that nothing runs, or what is missing', () => {
  expect(() => readConfig({ OUTERPARK_HOME: home })).toThrow(/^OuterPark does not run here; start it with npm start/);
  expect(() => readConfig({ OUTERPARK_HOME: home, KAFKA_BROKERS: 'kafka:9092' })).toThrow(
    /MUSICAL_DATABASE_URL: is missing/,
  );
});
