import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@outerpark/chassis/logger';
import { sqlState } from '@outerpark/chassis/postgres/failures';
import { migrations } from './migrations';
import { openSqlite, type SqliteStore } from './sqlite-store';

/** One replica's view in its file, with the identity that the file has for Kafka. */
export interface Replica {
  store: SqliteStore;
  /** Made with the file: another file begins anew, as another consumer group. */
  groupId: string;
  /** Whether the file has once had all that was in Kafka, so that it shows the truth as of some time. */
  wasComplete(): boolean;
  /** The file has it all now, and those of other fold versions are not needed any more. */
  complete(): Promise<void>;
  /** Forgets all that was folded. Nothing may be folding meanwhile. */
  clear(): Promise<void>;
}

export const replicaFile = (dataDir: string, foldVersion: number): string =>
  join(dataDir, `mypage-v${foldVersion}.sqlite`);

/** Opens the fold version's file or makes it: when there is none, and when it is damaged, for it is only a cache. */
export async function openReplica(dataDir: string, foldVersion: number, logger: Logger): Promise<Replica> {
  await mkdir(dataDir, { recursive: true });
  const file = replicaFile(dataDir, foldVersion);
  const store = await openSqlite(file, migrations).catch(async (error: unknown) => {
    if (!isDamaged(error)) throw error;
    logger.error({ err: error, file }, 'the file is damaged: building a new one');
    await removeFile(file);
    return openSqlite(file, migrations);
  });

  await setOnce(store, 'group_id', `mypage-${randomUUID()}`);
  const groupId = (await get(store, 'group_id'))!;
  let complete = (await get(store, 'complete_since')) !== undefined;
  return {
    store,
    groupId,
    wasComplete: () => complete,
    complete: async () => {
      await setOnce(store, 'complete_since', new Date().toISOString());
      complete = true;
      await removeOtherVersions(dataDir, file, logger);
    },
    clear: async () => {
      complete = false;
      await store.transact(async (tx) => {
        for (const table of FOLDED) await tx.query(`DELETE FROM ${table}`);
        await tx.query(`DELETE FROM meta WHERE name = 'complete_since'`);
      });
    },
  };
}

const FOLDED = ['reservation', 'payment', 'notice', 'timeline', 'dead_letter', 'inbox', 'consumer_offset', 'forgotten'];

const get = async (store: SqliteStore, name: string): Promise<string | undefined> =>
  (await store.query<{ value: string }>('SELECT value FROM meta WHERE name = $1', [name]))[0]?.value;

const setOnce = (store: SqliteStore, name: string, value: string): Promise<unknown> =>
  store.query('INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [name, value]);

const isDamaged = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(sqlState(error) ?? '');

const FILE_OF_A_VERSION = /^mypage-v\d+\.sqlite$/;

async function removeOtherVersions(dataDir: string, current: string, logger: Logger): Promise<void> {
  const files = (await readdir(dataDir)).filter((name) => FILE_OF_A_VERSION.test(name));
  for (const file of files.map((name) => join(dataDir, name)).filter((path) => path !== current)) {
    await removeFile(file);
    logger.info({ file }, 'deleted the file of another fold version');
  }
}

/** With its write-ahead log, which a new file of the name would take for its own. */
async function removeFile(file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true });
}
