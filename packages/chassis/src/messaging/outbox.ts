import { randomUUID } from 'node:crypto';
import { events, type DomainEvent } from '@outerpark/contracts/events';
import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import { customerContact, type CustomerContact } from '@outerpark/contracts/customer-contacts';
import { currentContext } from '../context';
import type { Tx } from '../postgres/store';
import { SEGMENTS } from './migrations';

export interface OutboxOptions {
  /** The publishing service, such as `outerpark/reservation`. */
  source: string;
  /** Called after the commit: the relay in this process need not wait for its next poll. */
  wake: () => void;
}

export interface Outbox {
  /**
   * Writes an aggregate's events in the transaction of its state; `firstVersion` is the version of the first of them.
   * Throws when an event does not keep its contract or is too large for the broker, and when the aggregate has that version already.
   */
  append(tx: Tx, subject: string, firstVersion: number, decided: DomainEvent[], time: Date): Promise<void>;
  /** Writes how to reach a customer; null forgets the person. Throws when the contact does not keep its contract. */
  appendContact(tx: Tx, customerId: string, contact: CustomerContact | null, time: Date): Promise<void>;
}

/** Kafka takes no message over 1 MB. One that is too large is refused with its transaction: in the outbox it would block its segment for good. */
const MAX_BODY_BYTES = 900_000;

interface Row {
  id: string;
  topic: Topic;
  subject: string;
  version: number | null;
  headers: Record<string, string>;
  body: string | null;
}

export function createOutbox({ source, wake }: OutboxOptions): Outbox {
  const insert = async (tx: Tx, rows: Row[]) => {
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
    tx.afterCommit(wake);
  };

  const headers = (id: string, type: string, subject: string, time: Date) => {
    const { correlationId, traceparent } = currentContext();
    return {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: type,
      ce_source: source,
      ce_time: time.toISOString(),
      ce_subject: subject,
      'content-type': 'application/json',
      correlationid: correlationId,
      traceparent,
    };
  };

  return {
    append: async (tx, subject, firstVersion, decided, time) => {
      if (decided.length === 0) return;
      const rows = decided.map((event, index): Row => {
        const id = randomUUID();
        const { topic, schemaVersion, data } = events[event.type];
        const version = firstVersion + index;
        const body = JSON.stringify({ schemaVersion, version, data: data.parse(event.data) });
        if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw new Error(`${event.type} of ${subject} is too large`);
        return { id, topic, subject, version, headers: headers(id, event.type, subject, time), body };
      });
      await insert(tx, rows);
    },

    appendContact: async (tx, customerId, contact, time) => {
      const id = randomUUID();
      const body = contact && JSON.stringify(customerContact.parse(contact));
      const contactHeaders = headers(id, 'CustomerContact', customerId, time);
      await insert(tx, [
        { id, topic: CONTACTS_TOPIC, subject: customerId, version: null, headers: contactHeaders, body },
      ]);
    },
  };
}

/** FNV-1a: spreads aggregates evenly over the segments, the same way in every process. */
export function segmentOf(subject: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < subject.length; i++) hash = Math.imul(hash ^ subject.charCodeAt(i), 0x01000193) >>> 0;
  return hash % SEGMENTS;
}
