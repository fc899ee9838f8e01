import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { READ_ANEW, TABLES } from './tables';

/**
 * A copy of all that is audited in one SQLite file. Here every invariant is a question in SQL, also those between stores, and
 * memory stays small however much there is.
 */
export interface Copy {
  insert(table: string, rows: object[]): void;
  all<Row>(sql: string, ...params: unknown[]): Row[];
  /** Forgets what the next reading brings again: all but the messages, which only become more. */
  clear(): void;
  /** Closes and deletes the file. */
  close(): void;
}

const ROWS_AT_ONCE = 5_000;

export function openCopy(): Copy {
  const dir = mkdtempSync(join(tmpdir(), 'outerpark-audit-'));
  const db = new Libsql(join(dir, 'copy.sqlite'));
  // Nobody reads this file after a crash.
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  db.exec(TABLES);

  return {
    insert: (table, rows) => {
      const columns = Object.keys(rows[0] ?? {});
      const values = columns.map((column) => `value ->> '${column}'`);
      const statement = `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM json_each(?)`;
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        db.prepare(statement).run(JSON.stringify(rows.slice(start, start + ROWS_AT_ONCE)));
      }
    },
    all: <Row>(sql: string, ...params: unknown[]) => db.prepare(sql).all(...params) as Row[],
    clear: () => void db.exec(READ_ANEW.map((table) => `DELETE FROM ${table};`).join('')),
    close: () => {
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
