import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';
import { Client } from 'pg';
import type { Copy } from './copy/copy';
import type { Stored } from './system';

/** Up to where a service's outbox need not be kept: for its own retention, which looks at nothing else. */
export interface Checkpoint {
  service: Stored;
  /** All rows up to this one that were sent before `asOf` are in Kafka as they were written, and applied. 0 is none. */
  seq: number;
  /** By the clock of the service's database, in milliseconds since 1970. */
  asOf: number;
}

/** Contacts are compacted: Kafka keeps only the last of each customer, and in the end not even that of a forgotten one. */
export const MAY_BE_GONE = `(o.topic = '${CONTACTS_TOPIC}' AND (o.forgets OR EXISTS (
  SELECT 1 FROM outbox later WHERE later.topic = o.topic AND later.subject = o.subject AND later.seq > o.seq)))`;

const IN_KAFKA = `EXISTS (SELECT 1 FROM event e WHERE e.id = o.event_id AND e.topic = o.topic AND e.digest = o.digest)`;

/** Somebody who cares for it has not come so far. */
const STILL_WANTED = `EXISTS (
  SELECT 1 FROM event e JOIN interest i ON i.topic = e.topic AND i.type = e.type
    LEFT JOIN consumer_offset c ON c.consumer = i.consumer AND c.topic = e.topic AND c.partition = e.partition
  WHERE e.id = o.event_id AND e.position >= coalesce(c.next, 0))`;

/** What the last reading shows. The first row that is not settled ends it, whatever comes behind. */
export const checkpointsOf = (copy: Copy): Checkpoint[] =>
  copy.all<Checkpoint>(`
    SELECT s.service, s.now AS asOf, coalesce(
      (SELECT min(o.seq) - 1 FROM outbox o WHERE o.service = s.service AND (
        o.published_at <= s.now AND (${IN_KAFKA} OR ${MAY_BE_GONE}) AND NOT ${STILL_WANTED}) IS NOT TRUE),
      (SELECT max(o.seq) FROM outbox o WHERE o.service = s.service), 0) AS seq
    FROM clock s`);

/** The one thing that an audit writes. Of two audits at once the later reading stays. */
export async function writeCheckpoint(url: string, { seq, asOf }: Checkpoint): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'audit' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(
      `INSERT INTO outbox_checkpoint AS c (seq, as_of) VALUES ($1, to_timestamp($2 / 1000.0))
       ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, as_of = excluded.as_of WHERE excluded.as_of > c.as_of`,
      [seq, asOf],
    );
  } finally {
    await client.end();
  }
}
