import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { customerContact } from '../src/customer-contacts';
import { eventBody, eventHeaders, events, isEventType, type EventType } from '../src/events';
import { CONTACTS_TOPIC } from '../src/topics';

// Messages as they were once sent. A change of the contracts that refuses one of them, or reads it otherwise, is a new major
// version: it gets a sample of its own, and the old one stays.
const folder = join(__dirname, 'samples');

const sampleShape = z.strictObject({
  topic: z.string(),
  key: z.string(),
  headers: z.strictObject(eventHeaders.shape),
  body: z.unknown(),
});

const readSample = (name: string) =>
  sampleShape.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as unknown);
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const types = Object.keys(events) as EventType[];

/** The same with a field more in every object, however deep. */
const fromTheFuture = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromTheFuture);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, fromTheFuture(field)]);
  return { ...Object.fromEntries(fields), addedLater: { some: ['thing'] } } as unknown;
};

test('there is a sample of every event in its present version, and of nothing else', () => {
  const present = types.map((type) => `${type}.v${events[type].schemaVersion}`);
  expect(names).toEqual(expect.arrayContaining([...present, 'CustomerContact.v1']));
  const known = names.filter((name) => isEventType(name.split('.')[0]!) || name === 'CustomerContact.v1');
  expect(names).toEqual(known);
});

describe.each(types)('%s', (type) => {
  const { topic, schemaVersion, data } = events[type];
  const sample = readSample(`${type}.v${schemaVersion}`);

  test('is read as it was sent', () => {
    expect(sample).toMatchObject({ topic, headers: { ce_type: type, ce_subject: sample.key } });
    const body = eventBody.parse(sample.body);
    expect(body.schemaVersion).toBe(schemaVersion);
    expect(data.parse(body.data)).toEqual(body.data);
    expect(eventBody.parse(sample.body)).toEqual(sample.body);
  });

  test('is read the same with fields that nobody knows yet', () => {
    const body = eventBody.parse(fromTheFuture(sample.body));
    expect(data.parse(body.data)).toEqual(eventBody.parse(sample.body).data);
  });
});

test("a customer's contact is read as it was sent, with fields that nobody knows yet, too", () => {
  const { topic, key, headers, body } = readSample('CustomerContact.v1');
  expect({ topic, type: headers.ce_type, key }).toEqual({
    topic: CONTACTS_TOPIC,
    type: 'CustomerContact',
    key: headers.ce_subject,
  });
  expect(customerContact.parse(body)).toEqual(body);
  expect(customerContact.parse(fromTheFuture(body))).toEqual(body);
});
