import { statSync } from 'node:fs';
import { fileOf } from '@outerpark/mypage/dump';
import { STORED, type Stores } from './stores';

export interface TableSample {
  /** With its indices. */
  bytes: number;
  live: number;
  dead: number;
}

/** What is forgotten after its time, in whichever service, so that its size follows from the load and not from the age. */
export const BOUNDED = [
  'outbox',
  'inbox',
  'intent',
  'idempotency_key',
  'webhook',
  'delivery',
  'dead_letter',
  'consumer_offset',
  'relay_lease',
  'relay_member',
  'outbox_checkpoint',
  'forgotten',
];

export const isBounded = (table: string): boolean => BOUNDED.includes(table.split('.')[1]!);

/** Every table as `service.table`. */
export async function sampleTables(stores: Stores): Promise<Record<string, TableSample>> {
  const tables = await Promise.all(
    STORED.map(async (service) => {
      const rows = await stores.query<TableSample & { name: string }>(
        service,
        `SELECT relname AS name, pg_total_relation_size(relid)::float8 AS bytes, n_live_tup::int AS live, n_dead_tup::int AS dead
         FROM pg_stat_user_tables WHERE relname <> 'migrations'`,
      );
      return rows.map(({ name, ...sample }): [string, TableSample] => [`${service}.${name}`, sample]);
    }),
  );
  return Object.fromEntries(tables.flat());
}

export async function vacuum(stores: Stores): Promise<void> {
  for (const service of STORED) await stores.query(service, 'VACUUM (ANALYZE)');
}

/** mypage's file with its write-ahead log. */
export const sqliteBytes = (dirs: string[]): number =>
  dirs.reduce((sum, dir) => sum + sizeOf(fileOf(dir)) + sizeOf(`${fileOf(dir)}-wal`), 0);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
