import { openCopy, type Copy } from '@outerpark/audit/copy/copy';
import { copyTopics } from '@outerpark/audit/copy/topics';
import { STORED, type AuditedSystem, type Stored } from '@outerpark/audit/system';
import type { Mended, TopicMessage } from '@outerpark/chassis/messaging/adopt';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import type { Topic } from '@outerpark/contracts/topics';
import { stores } from './stores';

export interface Reconciliation extends Mended {
  service: Stored;
  /** The newest moment that the store knows of. UTC. */
  asOf: Date;
  applied: boolean;
}

/** Events of about the time to which a store was put back may lie on either side of it. */
const OVERLAP_MS = 10 * 60_000;

/**
 * Compares each store with the topics and the provider's ledger, and brings it to where they are: each store in one transaction, which
 * is rolled back unless `apply`, so that a plan is what would be done. A store with conflicts is left as it is.
 */
export async function reconcile(system: AuditedSystem, apply: boolean): Promise<Reconciliation[]> {
  const copy = openCopy();
  const topics = copyTopics(copy, system);
  try {
    await topics.reach(await topics.ends());
    const done: Reconciliation[] = [];
    for (const service of STORED) done.push(await reconcileStore(system, service, copy, apply));
    return done;
  } finally {
    await topics.stop();
    copy.close();
  }
}

class RollBack extends Error {}

async function reconcileStore(
  system: AuditedSystem,
  service: Stored,
  copy: Copy,
  apply: boolean,
): Promise<Reconciliation> {
  const { migrations, topics, prepare } = stores[service];
  const database = await openDatabase({ name: 'reconcile', url: system.databases[service], poolSize: 2, migrations });
  try {
    const [row] = await database.query<{ asOf: Date }>(AS_OF);
    const asOf = row!.asOf;
    const messages = messagesSince(copy, topics, asOf.getTime() - OVERLAP_MS);
    const mend = await prepare(system);
    let mended: Mended = { mends: {}, conflicts: [] };
    const applied = await database
      .transact(async (tx) => {
        mended = await mend(tx, messages);
        if (!apply || mended.conflicts.length > 0) throw new RollBack();
        return true;
      })
      .catch((error: unknown) => {
        if (error instanceof RollBack) return false;
        throw error;
      });
    return { service, asOf, applied, ...mended };
  } finally {
    await database.close();
  }
}

/** Each store writes down every second how far it has read; one that has never done anything is as of the beginning. */
const AS_OF = `SELECT coalesce(greatest((SELECT max(at_end_at) FROM consumer_offset), (SELECT max(created_at) FROM outbox)),
  'epoch') AS "asOf"`;

function messagesSince(copy: Copy, topics: Topic[], since: number): TopicMessage[] {
  const places = topics.map(() => '?').join(', ');
  return copy
    .all<{ topic: Topic; message: string }>(
      `SELECT topic, message FROM event WHERE topic IN (${places}) AND time >= ? AND id IS NOT NULL ORDER BY position`,
      ...topics,
      since,
    )
    .map(({ topic, message }) => ({ ...(JSON.parse(message) as Omit<TopicMessage, 'topic'>), topic }));
}
