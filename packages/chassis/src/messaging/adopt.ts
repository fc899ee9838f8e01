import { events, eventBody, isEventType, type RecordedEvent } from '@outerpark/contracts/events';
import type { Topic } from '@outerpark/contracts/topics';
import type { Tx } from '../postgres/store';
import type { IncomingMessage } from './broker';
import { segmentOf } from './outbox';

export interface TopicMessage extends IncomingMessage {
  topic: Topic;
}

/** What reconciling a store does, or would do. */
export interface Mended {
  /** By kind, one sentence each. */
  mends: Record<string, string[]>;
  /** What people have to decide; with any of these nothing is mended. */
  conflicts: string[];
}

/**
 * Writes messages of the service's own topics into its outbox, as sent, where it lacks them: its store was put back to a time
 * before them. Gives those that it lacked, in order, and those whose place another event has taken since.
 */
export async function adoptEvents(
  tx: Tx,
  messages: TopicMessage[],
): Promise<{ adopted: TopicMessage[]; conflicts: string[] }> {
  const byId = new Map(messages.map((message) => [message.headers.ce_id ?? '', message]));
  const known = await tx.query<{ id: string }>(`SELECT event_id AS id FROM outbox WHERE event_id = ANY($1::uuid[])`, [
    [...byId.keys()],
  ]);
  for (const { id } of known) byId.delete(id);
  const lacking = [...byId.values()].sort((a, b) => a.offset - b.offset);
  const taken = new Set<string>();
  for (let start = 0; start < lacking.length; start += AT_ONCE) {
    const some = lacking.slice(start, start + AT_ONCE);
    const inserted = await tx.query<{ id: string }>(
      `INSERT INTO outbox (event_id, topic, subject, version, segment, headers, body, created_at, published_at)
       SELECT *, now() FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::smallint[], $6::jsonb[], $7::text[],
         $8::timestamptz[])
       ON CONFLICT (topic, subject, version) DO NOTHING RETURNING event_id AS id`,
      [
        some.map(({ headers }) => headers.ce_id),
        some.map(({ topic }) => topic),
        some.map(({ key }) => key),
        some.map(versionOf),
        some.map(({ key }) => segmentOf(key)),
        some.map(({ headers }) => JSON.stringify(headers)),
        some.map(({ value }) => value),
        some.map(({ headers }) => headers.ce_time),
      ],
    );
    for (const { id } of inserted) taken.add(id);
  }
  const isTaken = ({ headers }: TopicMessage) => taken.has(headers.ce_id ?? '');
  return {
    adopted: lacking.filter(isTaken),
    conflicts: lacking
      .filter((message) => !isTaken(message))
      .map(
        ({ headers, key }) =>
          `${headers.ce_type} ${headers.ce_id} of ${key}: the store has another event of that version`,
      ),
  };
}

const AT_ONCE = 1_000;

const versionOf = ({ value }: IncomingMessage): number | null => {
  const body = eventBody.safeParse(JSON.parse(value ?? 'null'));
  return body.success ? body.data.version : null;
};

/** Messages as the events that they are; what keeps no contract of ours is left out. */
export function eventsOf(messages: IncomingMessage[]): RecordedEvent[] {
  return messages.flatMap(({ headers, value, key }) => {
    const type = headers.ce_type ?? '';
    const body = eventBody.safeParse(JSON.parse(value ?? 'null'));
    if (!isEventType(type) || !body.success) return [];
    const data = events[type].data.safeParse(body.data.data);
    if (!data.success) return [];
    const { ce_id: id = '', ce_source: source = '', ce_time: time = '', ce_subject: subject = key } = headers;
    const { correlationid: correlationId = '', traceparent = '' } = headers;
    const { version, schemaVersion } = body.data;
    const about = { id, source, time, subject, correlationId, traceparent, version, schemaVersion };
    return [{ ...about, type, data: data.data } as RecordedEvent];
  });
}
