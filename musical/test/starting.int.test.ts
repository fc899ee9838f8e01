import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { startProgram, type ProgramProcess } from '@outerpark/chassis/testing/service-process';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import request from 'supertest';

jest.setTimeout(90_000);

const kafka = testKafka();
const PATIENCE = { withinMs: 30_000 };
const running: ProgramProcess[] = [];
afterEach(async () => {
  for (const { signal, exited } of running.splice(0)) {
    signal('SIGKILL');
    await exited;
  }
});

const run = async (workspace: string, script: string, env: Record<string, string>): Promise<ProgramProcess> => {
  const program = await startProgram(workspace, script, env);
  running.push(program);
  return program;
};
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** The URL of a database that somebody may make later. */
const nobodysDatabase = async () => {
  const template = await createTestDatabase();
  await template.drop();
  const name = `later_${randomUUID().replaceAll('-', '')}`;
  const url = Object.assign(new URL(template.url), { pathname: `/${name}` }).href;
  const sql = async (statement: string) => {
    const client = new Client({ connectionString: process.env.TEST_POSTGRES_ADMIN_URL });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  return {
    url,
    make: () => sql(`CREATE DATABASE ${name}`),
    drop: () => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
};

test('a service waits for its database, then for its schema, ready when a program has migrated it', async () => {
  const database = await nobodysDatabase();
  const port = await freePort();
  const service = await run('musical', 'main.js', {
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    MIGRATE: 'false',
    KAFKA_BROKERS: '127.0.0.1:1',
    OIDC_ISSUER: 'http://127.0.0.1:1',
  });
  const http = request(`http://127.0.0.1:${port}`);
  const waitsFor = (reason: string) =>
    eventually(async () => {
      await http.get('/livez').expect(200);
      const { body } = await http.get('/readyz').expect(503);
      expect(body).toMatchObject({ status: 'unready', checks: { start: expect.stringContaining(reason) } });
    }, PATIENCE);
  try {
    await waitsFor('waiting for the database: database "later_');
    const migrating = await run('musical', 'migrate.js', { DATABASE_URL: database.url });
    await database.make();
    await expect(migrating.exited).resolves.toBe(0);
    await eventually(() => http.get('/readyz').expect(200), PATIENCE);
    await http.get('/api/musicals').expect(200);
    service.signal('SIGTERM');
    await expect(service.exited).resolves.toBe(0);
  } finally {
    await database.drop();
  }
});

test('a service that waits ends at once when it is told to, and a program whose patience ends fails', async () => {
  const { url } = await nobodysDatabase();
  const port = await freePort();
  const service = await run('musical', 'main.js', {
    ...{ PORT: String(port), HOST: '127.0.0.1', DATABASE_URL: url },
    ...{ KAFKA_BROKERS: '127.0.0.1:1', OIDC_ISSUER: 'http://127.0.0.1:1' },
  });
  await eventually(() => request(`http://127.0.0.1:${port}`).get('/readyz').expect(503), PATIENCE);
  service.signal('SIGTERM');
  await expect(service.exited).resolves.toBe(0);
  expect(service.said.at(-1)).toContain('shutdown complete');

  const impatient = await run('musical', 'migrate.js', { DATABASE_URL: url, MIGRATE_PATIENCE_MS: '100' });
  await expect(impatient.exited).resolves.toBe(1);
  expect(impatient.said.at(-1)).toContain('does not exist');
});

test('topics: looked at in vain, then made, then as they have to be', async () => {
  const env = { KAFKA_BROKERS: kafka.brokers.join(), TOPIC_PREFIX: kafka.topicPrefix };
  const script = 'programs/make-topics.js';
  const looking = { ...env, CREATE_TOPICS: 'false', TOPICS_PATIENCE_MS: '100' };
  const missing = await run('packages/chassis', script, looking);
  await expect(missing.exited).resolves.toBe(1);
  expect(missing.said.at(-1)).toContain(`topics are missing: ${kafka.topicPrefix}musical.events`);
  const making = await run('packages/chassis', script, env);
  await expect(making.exited).resolves.toBe(0);
  const there = await run('packages/chassis', script, looking);
  await expect(there.exited).resolves.toBe(0);
});
