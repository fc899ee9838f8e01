import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import type { SpanStart } from './tracer';

const KINDS = { create: 'producer', send: 'client', process: 'consumer' } as const;

/**
 * What becomes of a message: it is created with its transaction, sent by the relay, processed by each consumer. The last two are
 * children of the first, whose traceparent the message carries. A contact's key is a person's, so it is not told.
 */
export const messageSpan = (
  operation: keyof typeof KINDS,
  topic: Topic,
  headers: Record<string, string>,
  attributes: SpanStart['attributes'] = {},
): SpanStart => ({
  name: `${operation} ${headers.ce_type ?? topic}`,
  kind: KINDS[operation],
  attributes: {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
    'messaging.message.id': headers.ce_id,
    'cloudevents.event_type': headers.ce_type,
    'cloudevents.event_subject': topic === CONTACTS_TOPIC ? undefined : headers.ce_subject,
    ...attributes,
  },
});
