import type { Topic } from '@outerpark/contracts/topics';
import type { Store } from '../postgres/store';
import type { Broker } from './broker';

const RECENT_MS = 500;

/**
 * Writes down the partitions of a topic that have been applied up to their present end. The facts are the store's
 * offsets and the broker's ends, so any replica may do it, whoever the partitions are assigned to. A mark that lies in the future
 * is of a clock that was wrong, and gives way. Gives the ends.
 */
export async function markEnds(
  store: Pick<Store, 'query'>,
  broker: Broker,
  topic: Topic,
  now: () => Date,
): Promise<number[]> {
  const asked = now();
  // What another replica has marked a moment ago is left alone, so that replicas do not wait for each other's row locks.
  const recent = new Date(asked.getTime() - RECENT_MS);
  const ends = await broker.ends(topic);
  const future = new Date(now().getTime() + RECENT_MS);
  const reached = ends.map((_, partition) => `(partition = ${partition} AND next_offset >= $${partition + 5})`);
  await store.query(
    `UPDATE consumer_offset SET at_end_at = $1
     WHERE topic = $2 AND (at_end_at IS NULL OR at_end_at < $3 OR at_end_at > $4) AND (${reached.join(' OR ')})`,
    [asked.toISOString(), topic, recent.toISOString(), future.toISOString(), ...ends],
  );
  return ends;
}

/**
 * The time up to which this service has applied everything of these topics: over all partitions the oldest of "last seen at its
 * end, else time of the last applied event". Undefined while a partition has never been at its end nor had an event.
 */
export async function caughtUpTo(
  store: Pick<Store, 'query'>,
  topics: Topic[],
  partitions: number,
): Promise<Date | undefined> {
  const places = topics.map((_, index) => `$${index + 1}`).join(', ');
  const rows = await store.query<{ applied_time: string | Date | null; at_end_at: string | Date | null }>(
    `SELECT applied_time, at_end_at FROM consumer_offset WHERE topic IN (${places})`,
    topics,
  );
  if (rows.length < topics.length * partitions) return undefined;
  const times = rows.map(({ applied_time, at_end_at }) => Math.max(millis(applied_time), millis(at_end_at)));
  const oldest = Math.min(...times);
  return oldest > 0 ? new Date(oldest) : undefined;
}

const millis = (time: string | Date | null) => (time === null ? 0 : new Date(time).getTime());
