import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { brokerEnv, loadConfig } from '../config';
import { kafkaIsWhole, kafkaOf } from './kafka-access';

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'kafka-access-'))));
afterAll(() => rmSync(dir, { recursive: true }));

const schema = z.object(brokerEnv).superRefine(kafkaIsWhole);
const read = (env: Record<string, string>) => kafkaOf(loadConfig(schema, { KAFKA_BROKERS: 'kafka:9092', ...env }));
const file = (name: string) => {
  const path = join(dir, name);
  writeFileSync(path, `content of ${name}`);
  return path;
};

test('without further settings there is neither TLS nor SASL', () => {
  expect(read({ TOPIC_PREFIX: 'a.' })).toEqual({ brokers: ['kafka:9092'], topicPrefix: 'a.' });
});

test('TLS alone trusts whom Node trusts', () => {
  expect(read({ KAFKA_TLS: 'true' })).toMatchObject({ tls: {} });
});

test('files are read, and SASL is handed on', () => {
  const access = read({
    KAFKA_TLS: 'true',
    KAFKA_CA_FILE: file('ca'),
    KAFKA_CERT_FILE: file('cert'),
    KAFKA_KEY_FILE: file('key'),
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: 'outerpark',
    KAFKA_SASL_PASSWORD: 'the word',
  });
  expect(access).toEqual({
    brokers: ['kafka:9092'],
    topicPrefix: '',
    tls: { ca: 'content of ca', cert: 'content of cert', key: 'content of key' },
    sasl: { mechanism: 'scram-sha-512', username: 'outerpark', password: 'the word' },
  });
});

test.each<[string, Record<string, string>, string]>([
  ['an authority without TLS', { KAFKA_CA_FILE: __filename }, 'KAFKA_CA_FILE needs KAFKA_TLS=true'],
  ['half a certificate', { KAFKA_TLS: 'true', KAFKA_KEY_FILE: __filename }, 'must be given together'],
  ['a user without a mechanism', { KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' }, 'must be given together'],
  ['an unknown mechanism', { KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM="gssapi"'],
  ['a file that is not there', { KAFKA_TLS: 'true', KAFKA_CA_FILE: '/no/such.pem' }, 'cannot be read: ENOENT'],
])('%s is a fault that says so', (_, env, message) => {
  expect(() => read(env)).toThrow(message);
});
