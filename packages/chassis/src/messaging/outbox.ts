import { randomUUID } from 'node:crypto';
import { events, type DomainEvent, type EventHeaders } from '@outerpark/contracts/events';
import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import { customerContact, type CustomerContact } from '@outerpark/contracts/customer-contacts';
import { currentContext, type Context } from '../context';
import { atCommit } from '../postgres/at-commit';
import type { Tx } from '../postgres/store';
import { messageSpan } from '../telemetry/messages';
import type { Tracer } from '../telemetry/tracer';
import { SEGMENTS } from './migrations';

export interface OutboxOptions {
  /** The publishing service, such as `outerpark/reservation`. */
  source: string;
  /** Called after the commit: the relay in this process need not wait for its next poll. */
  wake: () => void;
  /** Called after the commit with the type of each event. */
  decided?: (type: string) => void;
  tracer?: Tracer | undefined;
}

/** What was decided about one aggregate; `firstVersion` is the version of the first of its events. */
export interface Decided {
  subject: string;
  firstVersion: number;
  events: DomainEvent[];
  /** Of the request that it was decided for. */
  context: Context;
}

export interface Outbox {
  /**
   * Writes an aggregate's events in the transaction of its state, before it commits; `firstVersion` is the version of the first of
   * them. Throws when an event does not keep its contract or is too large for the broker. The commit fails when the aggregate has
   * that version already.
   */
  append(tx: Tx, subject: string, firstVersion: number, decided: DomainEvent[], time: Date): void;
  /** The same for many aggregates. */
  appendAll(tx: Tx, decided: Decided[], time: Date): void;
  /** Writes how to reach a customer; null forgets the person. Throws when the contact does not keep its contract. */
  appendContact(tx: Tx, customerId: string, contact: CustomerContact | null, time: Date): void;
}

/** Kafka takes no message over 1 MB. One that is too large is refused with its transaction: in the outbox it would block its segment for good. */
const MAX_BODY_BYTES = 900_000;

interface Row {
  id: string;
  topic: Topic;
  subject: string;
  version: number | null;
  headers: EventHeaders;
  body: string | null;
}

export function createOutbox({ source, wake, decided: tellDecided = () => undefined, tracer }: OutboxOptions): Outbox {
  const insert = atCommit<Row[]>(async (tx, wanted) => {
    const rows = wanted.flatMap(({ item }) => item);
    await tx.query(
      `INSERT INTO outbox (event_id, topic, subject, version, segment, headers, body)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::smallint[], $6::jsonb[], $7::text[])`,
      [
        rows.map((row) => row.id),
        rows.map((row) => row.topic),
        rows.map((row) => row.subject),
        rows.map((row) => row.version),
        rows.map((row) => segmentOf(row.subject)),
        rows.map((row) => JSON.stringify(row.headers)),
        rows.map((row) => row.body),
      ],
    );
    tx.afterCommit(() => {
      wake();
      for (const { headers } of rows) tellDecided(headers.ce_type);
    });
  });

  const headers = (
    topic: Topic,
    id: string,
    type: string,
    subject: string,
    time: Date,
    { correlationId, traceparent }: Context,
  ): EventHeaders => {
    const all = {
      ce_specversion: '1.0' as const,
      ce_id: id,
      ce_type: type,
      ce_source: source,
      ce_time: time.toISOString(),
      ce_subject: subject,
      'content-type': 'application/json' as const,
      correlationid: correlationId,
    };
    const created = tracer?.start(traceparent, messageSpan('create', topic, all));
    created?.end();
    return { ...all, traceparent: created?.traceparent ?? traceparent };
  };

  const rowsOf = ({ subject, firstVersion, events: decided, context }: Decided, time: Date): Row[] =>
    decided.map((event, index) => {
      const id = randomUUID();
      const { topic, schemaVersion, data } = events[event.type];
      const version = firstVersion + index;
      const body = JSON.stringify({ schemaVersion, version, data: data.parse(event.data) });
      if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw new Error(`${event.type} of ${subject} is too large`);
      return { id, topic, subject, version, headers: headers(topic, id, event.type, subject, time, context), body };
    });

  const appendAll: Outbox['appendAll'] = (tx, decided, time) => {
    const rows = decided.flatMap((one) => rowsOf(one, time));
    if (rows.length > 0) insert(tx, rows);
  };

  return {
    append: (tx, subject, firstVersion, decided, time) =>
      appendAll(tx, [{ subject, firstVersion, events: decided, context: currentContext() }], time),

    appendAll,

    appendContact: (tx, customerId, contact, time) => {
      const id = randomUUID();
      const body = contact && JSON.stringify(customerContact.parse(contact));
      const contactHeaders = headers(CONTACTS_TOPIC, id, 'CustomerContact', customerId, time, currentContext());
      insert(tx, [{ id, topic: CONTACTS_TOPIC, subject: customerId, version: null, headers: contactHeaders, body }]);
    },
  };
}

/** FNV-1a: spreads aggregates evenly over the segments, the same way in every process. */
export function segmentOf(subject: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < subject.length; i++) hash = Math.imul(hash ^ subject.charCodeAt(i), 0x01000193) >>> 0;
  return hash % SEGMENTS;
}
