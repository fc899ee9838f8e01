import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventBody, events, isEventType, type EventType } from '../src/events';

interface Sample {
  topic: string;
  key: string;
  headers: Record<string, string>;
  body: { schemaVersion: number; version: number; data: Record<string, unknown> };
}

// Recorded examples are the contract's memory: a change that can no longer read one of them breaks whoever replays the topics.
const folder = join(__dirname, 'samples');
const samples = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Sample] as const,
);

test('every event has a recorded example of each of its major versions', () => {
  const wanted = Object.entries(events).flatMap(([type, { schemaVersion }]) =>
    Array.from({ length: schemaVersion }, (_, index) => `${type}.v${index + 1}.json`),
  );
  expect(samples.map(([file]) => file).sort()).toEqual(wanted.sort());
});

describe.each(samples)('%s', (file, { topic, key, headers, body }) => {
  const type = headers.ce_type as EventType;

  test('is of its type, topic and aggregate', () => {
    expect(file.split('.')[0]).toBe(type);
    expect(isEventType(type)).toBe(true);
    expect(events[type].topic).toBe(topic);
    expect(headers.ce_subject).toBe(key);
    expect(headers.ce_source).toBe(`outerpark/${topic.split('.')[0]}`);
  });

  test('keeps the contract, and loses nothing by it', () => {
    expect(eventBody.parse(body)).toEqual(body);
    expect(events[type].data.parse(body.data)).toEqual(body.data);
  });

  test('may carry fields that this version does not know', () => {
    expect(events[type].data.parse({ ...body.data, addedLater: { yes: true } })).toEqual(body.data);
  });

  test.each(Object.keys(body.data))('cannot do without %s', (field) => {
    const { [field]: _gone, ...rest } = body.data;
    expect(events[type].data.safeParse(rest).success).toBe(false);
  });
});

test('the page on events names every one of them', () => {
  const page = readFileSync(join(__dirname, '../../../docs/events.md'), 'utf8');
  for (const type of Object.keys(events)) expect(page).toContain(`\`${type}\``);
});
