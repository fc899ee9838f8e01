import { Client } from 'pg';
import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { isPassingFailure, sqlState } from '../src/postgres/failures';
import { startDatabaseClock } from '../src/postgres/clock';
import { MigrationFailed, migrateDatabase, openDatabase, type Database } from '../src/postgres/database';
import { runInContext } from '../src/context';
import type { Attributes, SpanStart, Tracer } from '../src/telemetry/tracer';
import { createTestDatabase } from '../src/testing/database';
import { eventually } from '../src/testing/eventually';

interface Account {
  id: number;
  balance: number;
}
const accounts = new EntitySchema<Account>({
  name: 'account',
  columns: { id: { type: Number, primary: true }, balance: { type: Number } },
});

class CreateAccount1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query('CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)');
  }
  down = () => Promise.resolve();
}
class AddNote1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query('CREATE TABLE note (id int)');
  }
  down = () => Promise.resolve();
}
class Broken1790000003000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query('CREATE TABLE half (id int)');
    await runner.query('SELECT no_such_column');
  }
  down = () => Promise.resolve();
}

let server: Awaited<ReturnType<typeof createTestDatabase>>;
let opened: Database[];
beforeEach(async () => {
  opened = [];
  server = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await server.drop();
});

const open = async (poolSize = 5, migrations = [CreateAccount1790000001000], tracer?: Tracer) => {
  const entities = [accounts];
  const database = await openDatabase({ name: 'test', url: server.url, poolSize, migrations, entities, tracer });
  opened.push(database);
  return database;
};
const balances = async (database: Database) =>
  (await database.query<Account>('SELECT * FROM account ORDER BY id')).map(({ id, balance }) => [id, balance]);
const insert = (id: number, balance = 0) => `INSERT INTO account VALUES (${id}, ${balance})`;
const add = (id: number) => `UPDATE account SET balance = balance + 1 WHERE id = ${id}`;

describe('transact', () => {
  test('commits all of it, gives the value, and then runs what was to come after', async () => {
    const database = await open();
    const seenAfter: unknown[] = [];
    const value = await database.transact(async (tx) => {
      tx.afterCommit(() => seenAfter.push('after'));
      await tx.query(insert(1, 10));
      await tx.manager.getRepository(accounts).insert({ id: 2, balance: 20 });
      expect(seenAfter).toEqual([]);
      return 'value';
    });
    expect(value).toBe('value');
    expect(seenAfter).toEqual(['after']);
    await expect(balances(database)).resolves.toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  test('gives the rows of a read and those of a write with RETURNING, bigint as number', async () => {
    const database = await open();
    await database.transact(async (tx) => {
      await expect(tx.query(insert(1, 10))).resolves.toEqual([]);
      await expect(tx.query('UPDATE account SET balance = $1 RETURNING id, balance', [11])).resolves.toEqual([
        { id: 1, balance: 11 },
      ]);
      await expect(tx.query('SELECT 9007199254740991::bigint AS big')).resolves.toEqual([{ big: 9007199254740991 }]);
    });
    await expect(database.query('SELECT 1::bigint AS big')).resolves.toEqual([{ big: 1 }]);
  });

  test('rolls all of it back, throws the very error, and runs nothing after', async () => {
    const database = await open();
    const refusal = new Error('refused');
    const after = jest.fn();
    await expect(
      database.transact(async (tx) => {
        tx.afterCommit(after);
        await tx.query(insert(1));
        throw refusal;
      }),
    ).rejects.toBe(refusal);
    await expect(balances(database)).resolves.toEqual([]);
    expect(after).not.toHaveBeenCalled();
  });

  test('a failed statement rolls back, also when its error is swallowed', async () => {
    const database = await open();
    const work = database.transact(async (tx) => {
      await tx.query(insert(1));
      await tx.query(insert(1)).catch(() => undefined);
      await tx.query(insert(2));
    });
    await expect(work).rejects.toThrow('current transaction is aborted');
    await expect(balances(database)).resolves.toEqual([]);
  });

  test('runs the work again after a deadlock', async () => {
    const database = await open();
    await database.query(insert(1));
    await database.query(insert(2));
    let attempts = 0;
    const after = jest.fn();
    let arrived = 0;
    let bothHold: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (bothHold = resolve));

    const lockBoth = (first: number, second: number) =>
      database.transact(async (tx) => {
        attempts++;
        tx.afterCommit(after);
        await tx.query(add(first));
        if (++arrived === 2) bothHold();
        await both;
        await tx.query(add(second));
      });
    await Promise.all([lockBoth(1, 2), lockBoth(2, 1)]);

    expect(attempts).toBe(3);
    expect(after).toHaveBeenCalledTimes(2);
    await expect(balances(database)).resolves.toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  test.each([
    ['between two statements', () => undefined],
    ['in the middle of one', (tx: { query(sql: string): Promise<unknown> }) => tx.query('SELECT pg_sleep(30)')],
  ])('a connection that is killed %s fails the work as passing, and leaves nothing', async (_, meanwhile) => {
    const database = await open();
    const work = database.transact(async (tx) => {
      await tx.query(insert(1));
      const [me] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const doing = Promise.resolve(meanwhile(tx));
      doing.catch(() => undefined);
      const gone = async () => {
        const rows = await database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [me!.pid]);
        expect(rows).toEqual([]);
      };
      await database.query('SELECT pg_terminate_backend($1)', [me!.pid]);
      await eventually(gone);
      await doing;
      await tx.query(insert(2));
    });
    const error: unknown = await work.then(
      () => 'it committed',
      (thrown: unknown) => thrown,
    );
    expect(isPassingFailure(error)).toBe(true);
    await expect(balances(database)).resolves.toEqual([]);
    await database.transact((tx) => tx.query(insert(3)));
    await expect(balances(database)).resolves.toEqual([[3, 0]]);
  });

  test('idle connections that the server closes are replaced', async () => {
    const database = await open();
    await Promise.all([1, 2, 3].map(() => database.query('SELECT pg_sleep(0.01)')));
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await eventually(() => Promise.all([1, 2, 3].map(() => database.query('SELECT 1'))));
  });

  test('a connection that dies while it changes hands fails who gets it, not the process', async () => {
    const database = await open(2);
    const operator = new Client({ connectionString: server.url });
    await operator.connect();
    const next = await database.transact(async () => {
      const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const last = database.query('SELECT pg_sleep(0.1)');
      const waiting = database.transact((tx) => tx.query(insert(1))).catch((error: unknown) => error);
      const ended = operator.query('SELECT pg_terminate_backend($1) FROM pg_sleep(0.3)', [row!.pid]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      // A process that is busy reads the last answer and the server's farewell in one go.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      await Promise.all([last, ended]);
      return waiting;
    });
    await operator.end();
    expect(isPassingFailure(next)).toBe(true);
    await expect(balances(database)).resolves.toEqual([]);
  });

  test('many more at once than the pool has connections, in and outside of transactions, all get their turn', async () => {
    const database = await open(2);
    await database.query(insert(1));
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await database.transact((tx) => tx.query(add(1)));
        if (index % 2) await database.query(add(1));
      }),
    );
    await expect(balances(database)).resolves.toEqual([[1, 150]]);
  });

  test('a statement that takes too long is ended, as a failure that may pass', async () => {
    const database = await open();
    const work = database.transact(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = 50`);
      await tx.query('SELECT pg_sleep(30)');
    });
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(isPassingFailure(error)).toBe(true);
  });

  test('whoever the database lets in no more meets a failure that may pass', async () => {
    const database = await open();
    const elsewhere = await createTestDatabase();
    const operator = new Client({ connectionString: elsewhere.url });
    try {
      await operator.connect();
      const name = new URL(server.url).pathname.slice(1);
      await operator.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await operator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      await eventually(async () => {
        const error = await database.query('SELECT 1').catch((thrown: unknown) => thrown);
        expect(sqlState(error)).toBe('55000');
        expect(isPassingFailure(error)).toBe(true);
      });
    } finally {
      await operator.end();
      await elsewhere.drop();
    }
  });

  test('every connection has its limits', async () => {
    const database = await open();
    const limits = `SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle`;
    await expect(database.query(limits)).resolves.toEqual([{ statement: '15s', idle: '5s' }]);
  });

  test('a frozen process loses its transaction and with it its row locks', async () => {
    const database = await open();
    await database.query(insert(1));
    const work = database.transact(async (tx) => {
      await tx.query('SET LOCAL idle_in_transaction_session_timeout = 50');
      await tx.query(add(1));
      // This transaction says nothing more; the row is free again when the server has ended it.
      await database.query(add(1));
    });
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(isPassingFailure(error)).toBe(true);
    await expect(balances(database)).resolves.toEqual([[1, 1]]);
  });
});

describe('TypeORM', () => {
  test.each([[undefined], [null]])('a condition that is %s throws instead of matching any row', async (id) => {
    const database = await open();
    await database.query(insert(1));
    const repository = database.manager.getRepository(accounts);
    const where = { id } as unknown as { id: number };
    await expect(repository.findOne({ where })).rejects.toThrow(/undefined|null/i);
    await expect(repository.findOneBy(where)).rejects.toThrow(/undefined|null/i);
    await expect(repository.update(where, { balance: 5 })).rejects.toThrow(/undefined|null/i);
    await expect(repository.delete(where)).rejects.toThrow(/undefined|null/i);
    await expect(balances(database)).resolves.toEqual([[1, 0]]);
  });
});

describe('migrations', () => {
  test('several processes that start at once run each of them once', async () => {
    const migrations = [CreateAccount1790000001000, AddNote1790000002000];
    const databases = await Promise.all([1, 2, 3, 4].map(() => open(2, migrations)));
    await Promise.all(databases.map((database) => database.check()));
    const rows = await databases[0]!.query('SELECT name FROM migrations ORDER BY id');
    expect(rows).toEqual([{ name: 'CreateAccount1790000001000' }, { name: 'AddNote1790000002000' }]);
  });

  test('a pool of one is enough', async () => {
    const database = await open(1);
    await expect(database.check()).resolves.toBeUndefined();
  });

  test('one that fails leaves nothing of itself, fails the start, and holds the lock no longer', async () => {
    const opening = open(2, [CreateAccount1790000001000, Broken1790000003000]);
    await expect(opening).rejects.toThrow(/^a migration failed: .*no_such_column/);
    await expect(opening).rejects.toBeInstanceOf(MigrationFailed);
    const database = await open();
    await expect(database.query(`SELECT to_regclass('half') AS half`)).resolves.toEqual([{ half: null }]);
  });

  test('the check fails for a schema that lacks one, and while the database is away', async () => {
    const database = await open();
    await expect(database.check()).resolves.toBeUndefined();
    await database.query(`DELETE FROM migrations`);
    await expect(database.check()).rejects.toThrow('lacks 1 migrations');
    await server.drop();
    await expect(database.check()).rejects.toThrow();
  });

  test('one who does not migrate waits for who does, without a trace in the database, and takes a newer schema', async () => {
    const both = [CreateAccount1790000001000, AddNote1790000002000];
    const about = { name: 'test', url: server.url, poolSize: 2 };
    await expect(openDatabase({ ...about, migrations: both, migrate: false })).rejects.toThrow('lacks 2 migrations');
    await expect(migrateDatabase({ ...about, migrations: [CreateAccount1790000001000] })).resolves.toEqual([
      'CreateAccount1790000001000',
    ]);
    await expect(openDatabase({ ...about, migrations: both, migrate: false })).rejects.toThrow('lacks 1 migrations');
    await expect(migrateDatabase({ ...about, migrations: both })).resolves.toEqual(['AddNote1790000002000']);
    await expect(migrateDatabase({ ...about, migrations: both })).resolves.toEqual([]);
    const older = await openDatabase({ ...about, migrations: [CreateAccount1790000001000], migrate: false });
    opened.push(older);
    await expect(older.check()).resolves.toBeUndefined();
  });

  test('a database that cannot be reached fails the start', async () => {
    const url = new URL(server.url);
    url.pathname = '/no_such_database';
    await expect(openDatabase({ name: 'test', url: url.href, poolSize: 2, migrations: [] })).rejects.toThrow();
  });
});

describe('the database clock', () => {
  test("tells the database's time, also while the database is away", async () => {
    const database = await open();
    const clock = await startDatabaseClock(database);
    const [row] = await database.query<{ ms: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
    );
    expect(Math.abs(clock.now().getTime() - row!.ms)).toBeLessThan(1_000);
    await server.drop();
    const before = clock.now().getTime();
    await eventually(() => expect(clock.now().getTime()).toBeGreaterThan(before));
    clock.stop();
  });

  test('follows the database, not this machine', async () => {
    const inAYear = Date.now() + 365 * 86_400_000;
    const clock = await startDatabaseClock({ query: <Row>() => Promise.resolve([{ ms: inAYear }] as Row[]) });
    expect(Math.abs(clock.now().getTime() - inAYear)).toBeLessThan(10_000);
    clock.stop();
  });

  test('fails the start when the database does not answer', async () => {
    const database = await open();
    await server.drop();
    await expect(startDatabaseClock(database)).rejects.toThrow();
  });
});

describe('traced', () => {
  const context = {
    correlationId: 'request-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };

  /** Remembers the spans that have ended. */
  const remembering = () => {
    const ended: { parent: string | undefined; name: string; attributes: Attributes; failed?: string }[] = [];
    const start = (parent: string | undefined, { name, attributes = {} }: SpanStart) => {
      const span = { parent, name, attributes, failed: undefined as string | undefined };
      const [set, rename] = [() => undefined, () => undefined];
      const fail = (type: string) => void (span.failed = type);
      return { traceparent: context.traceparent, set, rename, fail, end: () => void ended.push(span) };
    };
    return { tracer: { start, shutdown: () => Promise.resolve() } satisfies Tracer, ended };
  };

  test('each statement for a request is a span without values, whichever way it goes', async () => {
    const { tracer, ended } = remembering();
    const database = await open(5, [CreateAccount1790000001000], tracer);
    await runInContext(context, async () => {
      await database.transact(async (tx) => {
        await tx.query('INSERT INTO account VALUES ($1, $2)', [1, 4711]);
        await tx.manager.update(accounts, { id: 1 }, { balance: 4712 });
      });
      await database.query('SELECT * FROM account WHERE balance = $1', [4712]);
    });
    expect(ended.map(({ name }) => name)).toEqual([
      'START TRANSACTION',
      'INSERT account',
      'UPDATE account',
      'COMMIT',
      'SELECT account',
    ]);
    for (const { parent } of ended) expect(parent).toBe(context.traceparent);
    expect(ended[1]!.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'db.namespace': new URL(server.url).pathname.slice(1),
      'db.query.text': 'INSERT INTO account VALUES ($1, $2)',
    });
    expect(JSON.stringify(ended)).not.toMatch(/471[12]/);
  });

  test('a statement that fails is marked with its code, and the error is as ever', async () => {
    const { tracer, ended } = remembering();
    const database = await open(5, [CreateAccount1790000001000], tracer);
    await runInContext(context, async () => {
      await expect(database.query('SELECT no_such_column')).rejects.toThrow('no_such_column');
      await expect(database.transact((tx) => tx.query('SELECT no_such_column'))).rejects.toThrow('no_such_column');
    });
    expect(ended.filter(({ name }) => name === 'SELECT').map(({ failed }) => failed)).toEqual(['42703', '42703']);
  });

  test('what no request has asked for is no span', async () => {
    const { tracer, ended } = remembering();
    const database = await open(5, [CreateAccount1790000001000], tracer);
    await database.query('SELECT 1');
    expect(ended).toEqual([]);
  });
});
