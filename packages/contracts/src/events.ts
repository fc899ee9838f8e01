import { z } from 'zod';
import { musicalEvents } from './musical-events';
import { notificationEvents } from './notification-events';
import { paymentEvents } from './payment-events';
import { reservationEvents } from './reservation-events';

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

/** The message's body; everything else travels as headers. */
export const eventBody = z.object({
  schemaVersion: z.int().min(1),
  version: z.int().min(1),
  data: z.record(z.string(), z.unknown()),
});

export const isEventType = (type: string): type is EventType => Object.hasOwn(events, type);
