import type { EventEmitter } from 'node:events';
import type { Pool } from 'pg';
import { DataSource, type EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { TransientError } from '../errors';
import { isConflict } from './failures';
import type { Store, Tx } from './store';

export interface DatabaseOptions {
  url: string;
  /** At least 2: migrating takes one connection for its lock and one for its work. */
  poolSize: number;
  /** Shown in pg_stat_activity. */
  name: string;
  migrations: (new () => MigrationInterface)[];
  entities?: EntitySchema[];
}

export interface Database extends Store {
  manager: DataSource['manager'];
  /** Throws when the database cannot be reached or its schema is not the one this code knows. For readiness. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const ATTEMPTS_ON_CONFLICT = 5;
const MIGRATION_LOCK = 0x0e9a_2c01;

/** Opens the pool, migrates (one process at a time) and gives the store. Throws when the database cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = await new DataSource({
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
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 5_000,
      // A server that has vanished without a word is noticed within minutes, not hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Between the pool and who waits for a connection nobody listens to it, and an error that nobody hears ends the process.
      onConnect: (connection: EventEmitter) => connection.on('error', () => undefined),
    },
    // An idle connection that the server closes is the pool's business: it opens another.
    poolErrorHandler: () => undefined,
  }).initialize();
  try {
    await migrate(dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  const pool = (dataSource.driver as PostgresDriver).master as Pool;

  return {
    manager: dataSource.manager,
    transact: (work) => retryOnConflict(() => transactOnce(dataSource, work)),
    query: async <Row>(sql: string, params?: unknown[]) => (await pool.query(sql, params)).rows as Row[],
    check: async () => {
      if (await dataSource.showMigrations()) throw new Error('the schema lacks migrations that this version needs');
    },
    close: () => dataSource.destroy(),
  };
}

// The lock belongs to a transaction of its own, so that it works behind a connection pooler and ends with its holder.
async function migrate(dataSource: DataSource): Promise<void> {
  await withRunner(dataSource, async (runner) => {
    await runner.startTransaction();
    try {
      await runner.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await runner.query('SET LOCAL statement_timeout = 0');
      await runner.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await runner.rollbackTransaction();
    }
  });
}

async function transactOnce<T>(dataSource: DataSource, work: (tx: Tx) => Promise<T>): Promise<T> {
  const beforeCommit: (() => Promise<void>)[] = [];
  const afterCommit: (() => void)[] = [];
  const result = await withRunner(dataSource, async (runner) => {
    await runner.startTransaction();
    try {
      const tx: Tx = {
        query: async <Row>(sql: string, params?: unknown[]) => (await runner.query(sql, params, true)).records as Row[],
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
