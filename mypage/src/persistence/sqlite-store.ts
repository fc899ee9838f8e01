import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import Libsql from 'libsql';
import { DataSource, type EntityManager, type MigrationInterface } from 'typeorm';
import { createQueue } from '../in-turn';

/** A store in one SQLite file. */
export interface SqliteStore extends Store {
  /** One statement on the read-only connection: sees what is committed, and neither waits for the writer nor holds it up. */
  read: Read;
  close(): Promise<void>;
}

type Connection = Libsql.Database;

/** Opens or makes the file and migrates it. Throws when it is no SQLite file or is damaged. */
export async function openSqlite(file: string, migrations: (new () => MigrationInterface)[]): Promise<SqliteStore> {
  let connection!: Connection;
  const writer = await new DataSource({
    ...{ type: 'better-sqlite3', driver: Libsql, database: file, timeout: BUSY_MS, migrations },
    prepareDatabase: (opened) => {
      connection = opened as Connection;
      connection.pragma('journal_mode = WAL');
      // A power cut may take the last commits but never tears the file, and a commit's events are taken again from Kafka,
      // because the offsets stand in the same transaction. So no commit waits for the disk.
      connection.pragma('synchronous = NORMAL');
    },
  }).initialize();
  await writer.runMigrations();
  const run = statementsOf(connection);
  const reader = openReader(file);
  // SQLite has one writer, and callers meet at every await.
  const inTurn = createQueue();

  return {
    transact: (work) => inTurn(() => transact(run, writer.manager, work)),
    // In turn too: between two statements of a transaction it would become a part of it.
    query: (sql, params) => inTurn(() => run(sql, params)),
    read: statementsOf(reader),
    close: () =>
      inTurn(async () => {
        reader.close();
        await writer.destroy();
      }),
  };
}

type Read = <Row = Record<string, unknown>>(sql: string, params?: unknown[]) => Promise<Row[]>;

/** Several statements on a file as of one moment, whoever writes to it meanwhile. */
export async function readTogether<T>(file: string, work: (read: Read) => Promise<T>): Promise<T> {
  const reader = openReader(file);
  try {
    reader.exec('BEGIN');
    const result = await work(statementsOf(reader));
    reader.exec('COMMIT');
    return result;
  } finally {
    reader.close();
  }
}

const BUSY_MS = 5_000;

function openReader(file: string): Connection {
  const reader = new Libsql(file, { timeout: BUSY_MS });
  reader.pragma('query_only = ON');
  return reader;
}

async function transact<T>(run: Read, manager: EntityManager, work: (tx: Tx) => T | Promise<T>): Promise<T> {
  const beforeCommit: (() => Promise<void>)[] = [];
  const afterCommit: (() => void)[] = [];
  // Plain statements, because TypeORM counts transactions: after one that SQLite ended by itself, as on a full disk, it would go
  // on inside of one that never ends.
  await run('BEGIN');
  let result: T;
  try {
    result = await work({
      query: run,
      manager,
      beforeCommit: (then) => beforeCommit.push(then),
      afterCommit: (then) => afterCommit.push(then),
    });
    for (const then of beforeCommit) await then();
    await run('COMMIT');
  } catch (error) {
    await run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  for (const then of afterCommit) then();
  return result;
}

/** As many as the hot paths have, and a few of those whose text depends on how many rows they are about. */
const PREPARED = 100;

/** Runs statements, each prepared once. Not by TypeORM's runner, which costs more than most of our statements themselves. */
function statementsOf(connection: Connection): Read {
  const prepared = new Map<string, Libsql.Statement<unknown[]>>();
  const prepare = (sql: string): Libsql.Statement<unknown[]> => {
    // `?1` is SQLite's `$1`.
    const statement = connection.prepare(sql.replace(/\$(\d+)/g, '?$1'));
    if (prepared.size === PREPARED) prepared.delete(prepared.keys().next().value as string);
    prepared.set(sql, statement);
    return statement;
  };
  // Promises although SQLite answers at once: what it throws is for whoever waits.
  // eslint-disable-next-line @typescript-eslint/require-await
  return async <Row>(sql: string, params: unknown[] = []): Promise<Row[]> => {
    const statement = prepared.get(sql) ?? prepare(sql);
    // The values go as one array, because libsql takes a lone null for a set of named values.
    const values = params.map(bindable);
    if (statement.reader) return statement.all(values) as Row[];
    statement.run(values);
    return [];
  };
}

const bindable = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
