import { events, eventBody, isEventType, type EventType, type RecordedEvent } from '@outerpark/contracts/events';
import { customerContact, type CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { z } from 'zod';
import type { Tx } from '../postgres/store';
import type { IncomingMessage } from './broker';

/** What a message turns out to be for one consumer. */
export type Reading =
  /** Of a type this consumer has no interest in. */
  | { kind: 'ignored' }
  | {
      kind: 'event';
      id: string;
      type: string;
      time: string;
      correlationId: string;
      traceparent: string;
      apply: (tx: Tx) => Promise<void>;
    }
  /** Breaks its contract: it can never be applied. */
  | { kind: 'invalid'; reason: string }
  /** Of a major version that this consumer does not know yet: an upgrade will read it. */
  | { kind: 'newer'; reason: string };

export type MessageReader = (message: IncomingMessage) => Reading;

/** What a service does about the events it cares for, each in the transaction that also moves the offset. */
export type Subscriptions = { [T in EventType]?: (tx: Tx, event: RecordedEvent<T>) => void | Promise<void> };

/** Reads messages of the event topics by their contracts. */
export function eventReader(subscriptions: Subscriptions): MessageReader {
  return ({ headers, value, key }) => {
    const type = headers.ce_type;
    const time = instantOf(headers.ce_time);
    if (!type || !headers.ce_id || !time)
      return { kind: 'invalid', reason: 'no ce_type, no ce_id or no valid ce_time' };
    if (!isEventType(type)) return { kind: 'ignored' };
    const handle = subscriptions[type] as ((tx: Tx, event: RecordedEvent) => void | Promise<void>) | undefined;
    if (!handle) return { kind: 'ignored' };

    const body = eventBody.safeParse(parseJson(value));
    if (!body.success) return { kind: 'invalid', reason: explain(body.error) };
    const { schemaVersion, version } = body.data;
    const known = events[type];
    if (schemaVersion > known.schemaVersion) {
      return { kind: 'newer', reason: `${type} of schema ${schemaVersion}, known is ${known.schemaVersion}` };
    }
    const data = known.data.safeParse(body.data.data);
    if (!data.success) return { kind: 'invalid', reason: explain(data.error) };

    const correlationId = headers.correlationid ?? '';
    const traceparent = headers.traceparent ?? '';
    const event = {
      id: headers.ce_id,
      type,
      source: headers.ce_source ?? '',
      time,
      subject: headers.ce_subject ?? key,
      version,
      schemaVersion,
      correlationId,
      traceparent,
      data: data.data,
    } as RecordedEvent;
    return {
      kind: 'event',
      id: event.id,
      type,
      time: event.time,
      correlationId,
      traceparent,
      apply: async (tx) => handle(tx, event),
    };
  };
}

/** Reads the compacted topic of customers' contacts; null forgets the person. */
export function contactReader(
  remember: (tx: Tx, customerId: string, contact: CustomerContact | null) => void | Promise<void>,
): MessageReader {
  return ({ headers, value, key, offset }) => {
    const contact = value === null ? null : customerContact.safeParse(parseJson(value));
    if (contact && !contact.success) return { kind: 'invalid', reason: explain(contact.error) };
    return {
      kind: 'event',
      id: headers.ce_id ?? `${key}@${offset}`,
      type: 'CustomerContact',
      time: instantOf(headers.ce_time) ?? new Date(0).toISOString(),
      correlationId: headers.correlationid ?? '',
      traceparent: headers.traceparent ?? '',
      apply: async (tx) => remember(tx, key, contact && contact.data),
    };
  };
}

/** ISO 8601 writes later years with a sign, which no text order fits: it would pass for long past. */
const YEAR_10000 = Date.UTC(10_000, 0);

/** A time that somebody sent, in UTC as ISO 8601 with milliseconds; undefined when it is none. */
export function instantOf(text: string | undefined): string | undefined {
  const millis = Date.parse(text ?? '');
  return millis > 0 && millis < YEAR_10000 ? new Date(millis).toISOString() : undefined;
}

function parseJson(value: string | null): unknown {
  try {
    return JSON.parse(value ?? '');
  } catch {
    return undefined;
  }
}

const explain = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
