import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { ensureDatabase } from '../src/servers/ensure-database';
import { freePort, portAnswers } from '../src/servers/free-port';
import { startKafka } from '../src/servers/kafka';
import { startPostgres } from '../src/servers/postgres';

jest.setTimeout(60_000);

const adminUrl = process.env.TEST_POSTGRES_ADMIN_URL!;
const owner = (name: string) => ({ name, user: name, password: `${name}'s "word"` });

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
};

/** A folder that goes with the run, and so does what is started in it. */
const folder = (name: string): string => {
  const dir = join(process.env.TEST_SERVERS_DIR!, name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  return dir;
};

describe('the servers of a test run', () => {
  const connectAs = (user: string, database: string) => {
    const url = Object.assign(new URL(adminUrl), {
      username: user,
      password: owner(user).password,
      pathname: database,
    });
    return query(url.href, 'SELECT current_database() AS name');
  };

  test('a database belongs to its role alone, and can be asked for again, at once too', async () => {
    await Promise.all(['a', 'a', 'b', 'a'].map((name) => ensureDatabase(adminUrl, owner(`servers-${name}`))));

    await expect(connectAs('servers-a', 'servers-a')).resolves.toEqual([{ name: 'servers-a' }]);
    await expect(connectAs('servers-b', 'servers-a')).rejects.toThrow('permission denied');
  });

  test('Kafka answers', async () => {
    await expect(portAnswers(Number(process.env.TEST_KAFKA_BROKERS!.split(':')[1]))).resolves.toBe(true);
  });
});

describe('a PostgreSQL of its own', () => {
  test('keeps its data over a stop, a kill, and a start while an earlier one is left; a half made folder is made anew', async () => {
    const dir = folder('own-postgres');
    const port = await freePort();
    mkdirSync(join(dir, 'data.unfinished'));
    writeFileSync(join(dir, 'data.unfinished/PG_VERSION'), 'half');

    const first = await startPostgres({ dir, port });
    await ensureDatabase(first.adminUrl, owner('kept'));
    const url = first.url('kept', owner('kept').password, 'kept');
    await query(url, `CREATE TABLE musical AS SELECT '레베카' AS name`);
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await first.stop();

    const left = await startPostgres({ dir, port });
    const second = await startPostgres({ dir, port, durable: false });
    await expect(left.exited).resolves.toEqual({ code: 0, signal: null });
    process.kill(second.pid, 'SIGKILL');
    await second.exited;

    const third = await startPostgres({ dir, port });
    expect(await query(url, 'SELECT name FROM musical')).toEqual([{ name: '레베카' }]);
    await third.stop();
  });

  test('says which port is taken', async () => {
    const dir = folder('taken-postgres');
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await expect(startPostgres({ dir, port })).rejects.toThrow(`Port ${port}, which PostgreSQL needs, is taken`);
    server.close();
  });
});

describe('a Kafka of its own', () => {
  test('runs beside the other, can be killed and started again, and ends one that was left', async () => {
    const options = { dir: folder('own-kafka'), port: await freePort(), controllerPort: await freePort() };
    const first = await startKafka(options);
    expect(first.brokers).toBe(`127.0.0.1:${options.port}`);
    await first.kill();
    await expect(portAnswers(options.port)).resolves.toBe(false);

    const left = await startKafka(options);
    const second = await startKafka(options);
    await expect(left.exited).resolves.toMatchObject({ code: 143 });
    await expect(portAnswers(options.port)).resolves.toBe(true);
    await second.stop();
    await expect(portAnswers(options.port)).resolves.toBe(false);
  });

  test('a start can be given up, and leaves nothing running', async () => {
    const options = { dir: folder('given-up-kafka'), port: await freePort(), controllerPort: await freePort() };
    await expect(startKafka({ ...options, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await expect(portAnswers(options.controllerPort)).resolves.toBe(false);
  });
});
