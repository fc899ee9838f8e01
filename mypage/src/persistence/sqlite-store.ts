import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import Libsql from 'libsql';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { createQueue } from '../in-turn';

/** A store in one SQLite file. */
export interface SqliteStore extends Store {
  /** One statement on the read-only connection: sees what is committed, and neither waits for the writer nor holds it up. */
  read: Read;
  close(): Promise<void>;
}

interface Connection {
  pragma(source: string): unknown;
}

/** Opens or makes the file and migrates it. Throws when it is no SQLite file or is damaged. */
export async function openSqlite(file: string, migrations: (new () => MigrationInterface)[]): Promise<SqliteStore> {
  const writer = await connect(file, migrations, (connection) => {
    connection.pragma('journal_mode = WAL');
    // A power cut may take the last commits but never tears the file, and a commit's events are taken again from Kafka,
    // because the offsets stand in the same transaction. So no commit waits for the disk.
    connection.pragma('synchronous = NORMAL');
  });
  await writer.runMigrations();
  const reader = await connect(file, [], (connection) => connection.pragma('query_only = ON'));
  const runner = writer.createQueryRunner();
  // SQLite has one writer, and callers meet at every await.
  const inTurn = createQueue();

  return {
    transact: (work) => inTurn(() => transact(runner, work)),
    // In turn too: between two statements of a transaction it would become a part of it.
    query: (sql, params) => inTurn(() => run(runner, sql, params)),
    read: (sql, params) => run(reader.createQueryRunner(), sql, params),
    close: () =>
      inTurn(async () => {
        await reader.destroy();
        await writer.destroy();
      }),
  };
}

type Read = <Row = Record<string, unknown>>(sql: string, params?: unknown[]) => Promise<Row[]>;

/** Several statements on a file as of one moment, whoever writes to it meanwhile. */
export async function readTogether<T>(file: string, work: (read: Read) => Promise<T>): Promise<T> {
  const reader = await connect(file, [], (connection) => connection.pragma('query_only = ON'));
  try {
    const runner = reader.createQueryRunner();
    await runner.startTransaction();
    const result = await work((sql, params) => run(runner, sql, params));
    await runner.commitTransaction();
    return result;
  } finally {
    await reader.destroy();
  }
}

const connect = (
  database: string,
  migrations: (new () => MigrationInterface)[],
  prepareDatabase: (connection: Connection) => void,
): Promise<DataSource> =>
  new DataSource({
    type: 'better-sqlite3',
    driver: Libsql,
    database,
    migrations,
    prepareDatabase: (connection) => prepareDatabase(connection as Connection),
  }).initialize();

async function transact<T>(runner: QueryRunner, work: (tx: Tx) => T | Promise<T>): Promise<T> {
  const beforeCommit: (() => Promise<void>)[] = [];
  const afterCommit: (() => void)[] = [];
  // Plain statements, because TypeORM counts transactions: after one that SQLite ended by itself, as on a full disk, it would go
  // on inside of one that never ends.
  await run(runner, 'BEGIN');
  let result: T;
  try {
    result = await work({
      query: (sql, params) => run(runner, sql, params),
      manager: runner.manager,
      beforeCommit: (then) => beforeCommit.push(then),
      afterCommit: (then) => afterCommit.push(then),
    });
    for (const then of beforeCommit) await then();
    await run(runner, 'COMMIT');
  } catch (error) {
    await run(runner, 'ROLLBACK').catch(() => undefined);
    throw error;
  }
  for (const then of afterCommit) then();
  return result;
}

async function run<Row>(runner: QueryRunner, sql: string, params: unknown[] = []): Promise<Row[]> {
  // `?1` is SQLite's `$1`. The values go as one array, because libsql takes a lone null for a set of named values.
  const { records } = await runner.query(sql.replace(/\$(\d+)/g, '?$1'), [params.map(bindable)], true);
  return (records ?? []) as Row[];
}

const bindable = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
