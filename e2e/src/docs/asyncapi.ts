import { interests, services } from '@outerpark/audit/copy/consumers';
import { customerContact } from '@outerpark/contracts/customer-contacts';
import { eventBody, eventHeaders, events, type EventType } from '@outerpark/contracts/events';
import { CONTACTS_TOPIC, eventTopics, PARTITIONS, type Topic } from '@outerpark/contracts/topics';
import { readers as mypage } from '@outerpark/mypage/messaging/fold';
import { z } from 'zod';
import { readSample, type Sample } from './samples';

type Json = Record<string, unknown>;

const KAFKA = '0.5.0';
const CONTACT = 'CustomerContact';
const topics: Topic[] = [...eventTopics, CONTACTS_TOPIC];

const DESCRIPTION = `What the services of OuterPark tell each other, made from the schemas that validate it on both sides.

Each event topic has one publisher and is kept for good. The key is the id of the event's aggregate (its \`ce_subject\`), so that the events of one aggregate are in order; \`version\` counts them from 1 without gaps.
Every event is delivered at least once: apply each \`ce_id\` once. Within a major version of a schema fields are only added, and as optional ones: ignore what you do not know, fields and types alike.
Amounts are Korean won as integers, times UTC in ISO 8601. What leads to what is told in docs/events.md.`;

/** The AsyncAPI 3.0 document of all topics: who publishes is told by the topics, who reads by the services' own readers. */
export function asyncApiDocument(): Json {
  const types = Object.keys(events) as EventType[];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'OuterPark events',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: ['musical', 'reservation', 'payment', 'notification', 'mypage'].map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    servers: {
      compose: {
        host: 'kafka:9092',
        protocol: 'kafka',
        description: 'As docker-compose.yml has it; elsewhere what KAFKA_BROKERS names.',
      },
    },
    channels: Object.fromEntries(topics.map((topic) => [nameOf(topic), channel(topic)])),
    operations: Object.fromEntries([...topics.map(sends), ...receptions()]),
    components: {
      messages: { ...Object.fromEntries(types.map((type) => [type, eventMessage(type)])), [CONTACT]: contactMessage() },
      schemas: { Headers: schemaOf(eventHeaders) },
    },
  };
}

/** `musical.events` as a name in the document: `musicalEvents`. */
const nameOf = (topic: Topic): string => topic.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());

const typesOf = (topic: Topic): string[] =>
  topic === CONTACTS_TOPIC
    ? [CONTACT]
    : Object.keys(events).filter((type) => events[type as EventType].topic === topic);

const ref = (path: string): Json => ({ $ref: `#/${path}` });

/** As consumers read: what they do not know may be there. */
const schemaOf = (type: z.ZodType): Json => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { target: 'draft-7', io: 'input' });
  return schema;
};

const channel = (topic: Topic): Json => ({
  address: topic,
  description:
    topic === CONTACTS_TOPIC
      ? 'How to reach a customer, keyed by the id of the customer. Compacted: an empty message forgets the person.'
      : `All that ${publisherOf(topic)} tells, for good.`,
  messages: Object.fromEntries(typesOf(topic).map((type) => [type, ref(`components/messages/${type}`)])),
  bindings: {
    kafka: {
      topic,
      partitions: PARTITIONS,
      topicConfiguration:
        topic === CONTACTS_TOPIC
          ? { 'cleanup.policy': ['compact'] }
          : { 'cleanup.policy': ['delete'], 'retention.ms': -1 },
      bindingVersion: KAFKA,
    },
  },
});

/** Such as `payment`, of `payment.events`; the contacts are reservation's, from the verified token. */
const publisherOf = (topic: Topic): string => {
  const { headers } = sampleOf(typesOf(topic)[0]!);
  return headers.ce_source.replace('outerpark/', '');
};

const sends = (topic: Topic): [string, Json] => [
  `${publisherOf(topic)}Sends${capital(nameOf(topic))}`,
  operation('send', publisherOf(topic), topic, typesOf(topic)),
];

/** One for each service and topic that it reads. */
const receptions = (): [string, Json][] =>
  Object.entries({ ...services, mypage }).flatMap(([service, readers]) => {
    const read = interests(service, readers);
    return topics.flatMap((topic): [string, Json][] => {
      const types = read.filter((interest) => interest.topic === topic).map(({ type }) => type);
      if (types.length === 0) return [];
      return [[`${service}Receives${capital(nameOf(topic))}`, operation('receive', service, topic, types)]];
    });
  });

const operation = (action: 'send' | 'receive', service: string, topic: Topic, types: string[]): Json => ({
  action,
  channel: ref(`channels/${nameOf(topic)}`),
  summary: `${service} ${action === 'send' ? 'publishes' : 'reads'} ${types.length === 1 ? 'this' : 'these'} of ${topic}`,
  tags: [{ name: service }],
  messages: types.map((type) => ref(`channels/${nameOf(topic)}/messages/${type}`)),
});

function eventMessage(type: EventType): Json {
  const { summary, schemaVersion, data } = events[type];
  const body = eventBody.extend({ schemaVersion: z.literal(schemaVersion), data });
  return { ...message(type, summary, sampleOf(type)), payload: schemaOf(body) };
}

const contactMessage = (): Json => ({
  ...message(CONTACT, 'How to reach a customer', sampleOf(CONTACT)),
  payload: schemaOf(customerContact.nullable()),
});

const sampleOf = (type: string): Sample =>
  readSample(type, type === CONTACT ? 1 : events[type as EventType].schemaVersion);

const message = (name: string, summary: string, { headers, body }: Sample): Json => ({
  name,
  title: name,
  summary,
  contentType: 'application/json',
  headers: ref('components/schemas/Headers'),
  correlationId: {
    description: 'Names the request that it came of, in every log line and event',
    location: '$message.header#/correlationid',
  },
  bindings: { kafka: { key: { type: 'string', description: 'As ce_subject' }, bindingVersion: KAFKA } },
  examples: [{ name: 'recorded', headers, payload: body }],
});

const capital = (name: string): string => name[0]!.toUpperCase() + name.slice(1);
