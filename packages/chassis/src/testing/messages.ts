import { randomUUID } from 'node:crypto';
import { events, type DomainEvent, type EventType } from '@outerpark/contracts/events';
import type { Inbox } from '../messaging/inbox';
import type { IncomingMessage } from '../messaging/broker';

/** An event as it comes from Kafka. `overrides` bend headers or the body for a test of what must be refused. */
export function messageOf(
  event: DomainEvent,
  {
    subject,
    version = 1,
    offset = 0,
    time = new Date(),
    headers = {},
    value,
  }: {
    subject: string;
    version?: number;
    offset?: number;
    time?: Date;
    headers?: Record<string, string>;
    value?: string;
  },
): IncomingMessage {
  const { schemaVersion } = events[event.type];
  return {
    offset,
    key: subject,
    headers: {
      ce_specversion: '1.0',
      ce_id: randomUUID(),
      ce_type: event.type,
      ce_source: 'outerpark/test',
      ce_time: time.toISOString(),
      ce_subject: subject,
      correlationid: 'test',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      ...headers,
    },
    value: value ?? JSON.stringify({ schemaVersion, version, data: event.data }),
  };
}

/** Feeds an inbox as the broker would: next offsets in one partition of the event's topic, again and again while it asks for a pause. */
export function feeder(inbox: Pick<Inbox, 'position' | 'apply'>, partition = 0) {
  return async (...messages: IncomingMessage[]): Promise<void> => {
    for (const message of messages) {
      const topic = events[message.headers.ce_type as EventType].topic;
      const offset = await inbox.position(topic, partition);
      for (let tries = 0; ; tries++) {
        const { next } = await inbox.apply({ topic, partition, messages: [{ ...message, offset }] });
        if (next > offset) break;
        if (tries === 10) throw new Error(`the inbox does not get past ${message.headers.ce_type}`);
      }
    }
  };
}
