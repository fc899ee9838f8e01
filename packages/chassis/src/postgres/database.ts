import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { errorMessage, PermanentError, TransientError } from '../errors';
import type { Metrics } from '../metrics';
import { serverOf as addressOf, traceStatements } from '../telemetry/statements';
import type { Tracer } from '../telemetry/tracer';
import { isConflict, isPassingFailure, sqlState } from './failures';
import { createFence, type Fence } from './fence';
import { measurePool } from './pool-metrics';
import { DecidedElsewhere, type Store, type Tx } from './store';

/** In the order of their time. */
export type Migrations = (new () => MigrationInterface)[];

export interface DatabaseOptions {
  url: string;
  /** At least 2: migrating takes one connection for its lock and one for its work. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  name: string;
  migrations: Migrations;
  entities?: EntitySchema[];
  /** False: another program migrates, and until it has, this throws. */
  migrate?: boolean;
  /** Of the statements' spans. */
  tracer?: Tracer | undefined;
}

export interface Database extends Store {
  /** Before every write. Reads pass it. */
  fence: Fence;
  manager: DataSource['manager'];
  measure(metrics: Metrics): void;
  /** Throws when the database cannot be reached or its schema is not the one this code knows. For readiness. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A migration cannot be carried out as it is. What the ones before it did stays, what it did itself is undone. */
export class MigrationFailed extends PermanentError {
  override readonly name = 'MigrationFailed';
}

const ATTEMPTS_ON_CONFLICT = 5;
const MIGRATION_LOCK = 0x0e9a_2c01;
const STATEMENT_MS = 15_000;

/**
 * Opens the pool, migrates (one process at a time) and gives the store. Throws when the database cannot be reached or has not been
 * migrated yet, and MigrationFailed.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const fence = createFence();
  const dataSource = await connect(options, STATEMENT_MS, async (connection) => {
    fence.connected(await serverOf(connection));
    if (options.tracer) traceStatements(connection, options.tracer, addressOf(options.url));
  });
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  try {
    if (options.migrate ?? true) await migrate(dataSource);
    else await requireMigrated(dataSource, pool);
    // As it is from now on: with its tables.
    fence.connected(await serverOf(pool));
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }

  return {
    fence,
    manager: dataSource.manager,
    measure: (metrics) => measurePool(metrics, pool),
    transact: (work) =>
      retryOnConflict(async () => {
        await fence.pass();
        return transactOnce(dataSource, fence, work);
      }),
    query: <Row>(sql: string, params?: unknown[]) => queryFenced<Row>(pool, fence, sql, params),
    check: () => requireMigrated(dataSource, pool),
    close: () => dataSource.destroy(),
  };
}

/**
 * Brings a database to the schema that this code knows, however long that takes, and gives the names of what was done. Throws when it
 * cannot be reached, and MigrationFailed.
 */
export async function migrateDatabase(
  options: Pick<DatabaseOptions, 'url' | 'name' | 'migrations'>,
): Promise<string[]> {
  const dataSource = await connect({ ...options, poolSize: 2 }, NO_LIMIT);
  try {
    return await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

const NO_LIMIT = 0;

const connect = (
  options: DatabaseOptions,
  statementMs: number,
  onConnect?: (connection: PoolClient) => Promise<void>,
): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.name,
    poolSize: Math.max(2, options.poolSize),
    connectTimeoutMS: 3_000,
    parseInt8: true,
    installExtensions: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    entities: options.entities ?? [],
    migrations: options.migrations,
    extra: {
      // A frozen process must not keep its row locks, and no statement may hold a connection for good.
      statement_timeout: statementMs,
      idle_in_transaction_session_timeout: 5_000,
      // A server that has vanished without a word is noticed within minutes, not hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      onConnect: async (connection: PoolClient) => {
        // Between the pool and who waits for a connection nobody listens to it, and an error that nobody hears ends the process.
        connection.on('error', () => undefined);
        await onConnect?.(connection);
      },
    },
    // An idle connection that the server closes is the pool's business: it opens another.
    poolErrorHandler: () => undefined,
  }).initialize();

// The lock belongs to a transaction of its own, so that it works behind a connection pooler and ends with its holder.
async function migrate(dataSource: DataSource): Promise<string[]> {
  return withRunner(dataSource, async (runner) => {
    await runner.startTransaction();
    try {
      await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await runner.query('SET LOCAL statement_timeout = 0');
      await runner.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map(({ name }) => name);
    } catch (error) {
      if (isPassingFailure(error)) throw error;
      throw new MigrationFailed(`a migration failed: ${errorMessage(error)}`, { cause: error });
    } finally {
      // When the connection has died the server has rolled back by itself; the first error is the one to tell.
      await runner.rollbackTransaction().catch(() => undefined);
    }
  });
}

/** By reading only: whoever migrates at this moment is not disturbed. More migrations than these are of a newer version. */
async function requireMigrated({ migrations }: DataSource, pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ made: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS made`);
  const done = rows[0]?.made ? (await pool.query<{ name: string }>('SELECT name FROM migrations')).rows : [];
  const names = new Set(done.map(({ name }) => name));
  const lacking = migrations.filter((migration) => !names.has(migration.name ?? migration.constructor.name));
  if (lacking.length > 0)
    throw new TransientError(`the schema lacks ${lacking.length} migrations that this version needs`);
}

/**
 * Which server a connection is of: another one after a restart or a failover, after the database was made anew, and after its
 * tables were.
 */
const SERVER = `SELECT concat_ws('/', pg_postmaster_start_time(), to_regclass('outbox')::oid,
  (SELECT oid FROM pg_database WHERE datname = current_database())) AS server`;

const serverOf = async (client: Pool | PoolClient): Promise<string> =>
  (await client.query<{ server: string }>(SERVER)).rows[0]!.server;

/** Behind a fence that is not open a statement may only read: in a transaction that PostgreSQL itself keeps from writing. */
async function queryFenced<Row>(pool: Pool, fence: Fence, sql: string, params: unknown[] = []): Promise<Row[]> {
  const client = await pool.connect();
  // Known only now: the connection may be the first one of another server.
  if (fence.passable()) return queryAndRelease(client, sql, params);
  try {
    await client.query('BEGIN READ ONLY');
    try {
      return (await client.query(sql, params)).rows as Row[];
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
    }
  } catch (error) {
    if (sqlState(error) !== READ_ONLY) throw error;
  } finally {
    client.release();
  }
  await fence.pass();
  return queryFenced(pool, fence, sql, params);
}

/** As the pool's own `query`: a connection on which something failed is not used again. */
const queryAndRelease = <Row>(client: PoolClient, sql: string, params: unknown[]): Promise<Row[]> =>
  new Promise((resolve, reject) => {
    client.query(sql, params, (error: Error | null, result) => {
      client.release(error ?? false);
      if (error) reject(error);
      else resolve(result.rows as Row[]);
    });
  });

const READ_ONLY = '25006';

async function transactOnce<T>(dataSource: DataSource, fence: Fence, work: (tx: Tx) => T | Promise<T>): Promise<T> {
  const beforeCommit: (() => Promise<void>)[] = [];
  const afterCommit: (() => void)[] = [];
  const result = await withRunner(dataSource, async (runner) => {
    await runner.startTransaction();
    const connection = (await runner.connect()) as PoolClient;
    try {
      // The connection was the first one of another server: before the fence once more.
      if (!fence.passable()) throw new DecidedElsewhere();
      const tx: Tx = {
        // Past TypeORM's runner, which does more for a statement than the statement costs.
        query: async <Row>(sql: string, params?: unknown[]) => (await connection.query(sql, params)).rows as Row[],
        manager: runner.manager,
        beforeCommit: (run) => beforeCommit.push(run),
        afterCommit: (run) => afterCommit.push(run),
      };
      const value = await work(tx);
      for (const run of beforeCommit) await run();
      await runner.commitTransaction();
      return value;
    } catch (error) {
      // TypeORM lets go of a connection that died between two statements, and what comes then complains of that only.
      if (runner.isReleased) throw new TransientError('the connection to the database was lost', { cause: error });
      // When it dies now the server rolls back by itself; the first error is the one to tell.
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
  });
  for (const run of afterCommit) run();
  return result;
}

async function withRunner<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
}

async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS_ON_CONFLICT || !isConflict(error)) throw error;
    }
  }
}
