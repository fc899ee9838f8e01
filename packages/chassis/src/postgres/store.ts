import type { EntityManager } from 'typeorm';

/** One open transaction. SQL uses `$1` placeholders, on PostgreSQL as on SQLite. */
export interface Tx {
  /** Runs one statement and gives its rows; with RETURNING also those of a write. */
  query<Row = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<Row[]>;
  /** TypeORM on the same connection, for entities off the hot path. */
  manager: EntityManager;
  /** Runs at the end, in the transaction still: for rows that many wait for, which then are locked for a moment only. */
  beforeCommit(run: () => Promise<void>): void;
  /** Runs after the commit, not at all after a rollback. Must not throw. */
  afterCommit(run: () => void): void;
}

/** A service's own store, whichever database it is. */
export interface Store {
  /**
   * Commits what `work` did, or rolls it all back and throws its error. `work` may run again after a deadlock or
   * DecidedElsewhere, so it does I/O in this transaction only.
   */
  transact<T>(work: (tx: Tx) => T | Promise<T>): Promise<T>;
  /** One statement outside any transaction. */
  query<Row = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<Row[]>;
}

/**
 * A guarded write found that another transaction has decided since this one read: the work has to run again on what is there
 * now. PostgreSQL has a code for that, and so `transact` knows it.
 */
export class DecidedElsewhere extends Error {
  readonly code = '40001';
}
