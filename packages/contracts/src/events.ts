import { z } from 'zod';
import { musicalEvents } from './musical-events';
import { notificationEvents } from './notification-events';
import { paymentEvents } from './payment-events';
import { reservationEvents } from './reservation-events';
import { moment } from './values';

/** Every event there is, by its type. */
export const events = { ...musicalEvents, ...reservationEvents, ...paymentEvents, ...notificationEvents };

export type EventType = keyof typeof events;
export type EventData<T extends EventType> = z.infer<(typeof events)[T]['data']>;

/** What a domain decides: something that happened, not yet written down. Discriminated by `type`. */
export type DomainEvent<T extends EventType = EventType> = { [K in T]: { type: K; data: EventData<K> } }[T];

/** An event as it stands in an outbox and in Kafka: the CloudEvents attributes, the trace and the versions around its data. */
export type RecordedEvent<T extends EventType = EventType> = DomainEvent<T> & {
  /** UUID, unique for ever: consumers apply each id once. */
  id: string;
  /** The publishing service, such as `outerpark/reservation`. */
  source: string;
  /** When it was decided: UTC, ISO 8601. */
  time: string;
  /** The aggregate's id, which is the key in Kafka. */
  subject: string;
  /** Counts the aggregate's events from 1 without gaps. */
  version: number;
  schemaVersion: number;
  correlationId: string;
  traceparent: string;
};

/** The message's headers: CloudEvents attributes (its Kafka binding, binary mode), and what the event was decided for. */
export const eventHeaders = z.object({
  ce_specversion: z.literal('1.0'),
  /** Unique for ever: consumers apply each id once. */
  ce_id: z.uuid(),
  ce_type: z.string(),
  /** The publishing service. */
  ce_source: z.string().regex(/^outerpark\/[a-z]+$/),
  /** When it was decided. */
  ce_time: moment,
  /** The aggregate's id, which is the key in Kafka, too. */
  ce_subject: z.string().min(1),
  'content-type': z.literal('application/json'),
  correlationid: z.string().min(1),
  /** W3C Trace Context. */
  traceparent: z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
});
export type EventHeaders = z.infer<typeof eventHeaders>;

/** The message's body; everything else travels as headers. */
export const eventBody = z.object({
  schemaVersion: z.int().min(1),
  version: z.int().min(1),
  data: z.record(z.string(), z.unknown()),
});

export const isEventType = (type: string): type is EventType => Object.hasOwn(events, type);
