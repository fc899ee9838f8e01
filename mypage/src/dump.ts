import { existsSync } from 'node:fs';
import type { Topic } from '@outerpark/contracts/topics';
import { FOLD_VERSION } from './messaging/fold';
import { replicaFile } from './persistence/replica';
import { readTogether } from './persistence/sqlite-store';

type Row = Record<string, unknown>;

export interface Dump {
  /** The tables that follow from the events alone, in a stable order; the others say how the events came. */
  view: Record<'reservation' | 'payment' | 'notice' | 'timeline', Row[]>;
  /** Up to where each partition had been applied at that moment: a rebuild that goes as far must give the same view. */
  positions: { topic: Topic; partition: number; next: number }[];
  /** The aggregates with a dead letter that waits for operators. */
  waiting: { topic: Topic; aggregate: string }[];
}

/** The file in which a replica of this version keeps its view. */
export const fileOf = (dataDir: string): string => replicaFile(dataDir, FOLD_VERSION);

/** The whole view in a replica's file as of one moment, also while the replica runs. Throws when there is no file. */
export async function dump(file: string): Promise<Dump> {
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  return readTogether(file, async (read) => ({
    view: {
      reservation: await read('SELECT * FROM reservation ORDER BY id'),
      payment: await read('SELECT * FROM payment ORDER BY reservation_id'),
      notice: await read('SELECT * FROM notice ORDER BY id'),
      timeline: await read('SELECT * FROM timeline ORDER BY event_id'),
    },
    positions: await read(
      `SELECT topic, partition, next_offset AS next FROM consumer_offset WHERE next_offset > 0 ORDER BY topic, partition`,
    ),
    waiting: await read(
      `SELECT DISTINCT topic, aggregate FROM dead_letter WHERE resolved_at IS NULL ORDER BY topic, aggregate`,
    ),
  }));
}
