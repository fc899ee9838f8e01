import { existsSync } from 'node:fs';
import { fileOf } from '@outerpark/mypage/dump';
import { readTogether } from '@outerpark/mypage/persistence/sqlite-store';
import { reading, type AuditedSystem } from '../system';
import type { Copy } from './copy';

export const replicaName = (dir: string): string => `mypage ${dir}`;

/** Copies what each replica of mypage has applied. Its view is too much to copy: I6 compares it in its own way. */
export async function copyReplicas(copy: Copy, { mypageDirs }: AuditedSystem): Promise<void> {
  for (const dir of mypageDirs) {
    const consumer = replicaName(dir);
    await reading(`The file of ${consumer}`, async () => {
      if (!existsSync(fileOf(dir))) throw new Error('there is none');
      await readTogether(fileOf(dir), async (read) => {
        copy.insert(
          'inbox',
          await read(`SELECT $1 AS consumer, event_id, unixepoch(applied_at) * 1000 AS applied_at FROM inbox`, [
            consumer,
          ]),
        );
        copy.insert(
          'consumer_offset',
          await read(`SELECT $1 AS consumer, topic, partition, next_offset AS next FROM consumer_offset`, [consumer]),
        );
        copy.insert(
          'forgotten',
          await read(`SELECT $1 AS store, what, unixepoch(until) * 1000 AS until FROM forgotten`, [consumer]),
        );
        copy.insert(
          'dead_letter',
          await read(
            `SELECT $1 AS consumer, id, topic, aggregate, event_id, type, reason, queued
             FROM dead_letter WHERE resolved_at IS NULL`,
            [consumer],
          ),
        );
      });
    });
  }
}
