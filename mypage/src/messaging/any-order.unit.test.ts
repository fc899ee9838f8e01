import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { replayDeadLetters } from '@outerpark/chassis/messaging/dead-letters';
import { openDeadLetters } from '@outerpark/chassis/testing/dead-letters';
import { createInbox } from '@outerpark/chassis/messaging/inbox';
import type { MessageReader } from '@outerpark/chassis/messaging/reading';
import type { EventTopic } from '@outerpark/contracts/topics';
import fc from 'fast-check';
import { newIds, wholeStory, type Told } from '../../test/story';
import { dump } from '../dump';
import { migrations } from '../persistence/migrations';
import { openSqlite } from '../persistence/sqlite-store';
import { readers } from './fold';

// The inbox and the fold together, on a real file: topics interleave, batches are cut anywhere and come again, the relay sends
// twice, some events cannot be applied. At the end, and when those can be, the rows are the same.

const logger = createLogger('mypage', 'silent');
const dir = mkdtempSync(join(tmpdir(), 'mypage-any-order-'));
afterAll(() => rmSync(dir, { recursive: true }));

const stories = ['alice', 'bob'].map((customer) => wholeStory(newIds(customer)));
const topics = [...new Set(stories.flat().map(({ topic }) => topic))];
const all = stories.flat();

let files = 0;
async function withFile<T>(
  work: (store: Awaited<ReturnType<typeof openSqlite>>, file: string) => Promise<T>,
): Promise<T> {
  const file = join(dir, `${files++}.sqlite`);
  const store = await openSqlite(file, migrations);
  try {
    return await work(store, file);
  } finally {
    await store.close();
  }
}

const identity = ({ message }: Told): string => message.headers.ce_id!;
const aggregate = ({ topic, message }: Told): string => `${topic} ${message.key}`;

interface Chance {
  /** Whose next event is written to the log. */
  turns: boolean[];
  /** After so many further events the relay sends this one again. */
  secondSends: Map<string, number>;
  poisoned: Set<string>;
  deliveries: { topic: EventTopic; size: number; again: number }[];
}

const chance: fc.Arbitrary<Chance> = fc.record({
  turns: fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
  secondSends: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...all.map(identity)), fc.nat(5)), { selector: ([id]) => id, maxLength: 8 })
    .map((pairs) => new Map(pairs)),
  poisoned: fc.uniqueArray(fc.constantFrom(...all.map(identity)), { maxLength: 4 }).map((ids) => new Set(ids)),
  deliveries: fc.array(
    fc.record({ topic: fc.constantFrom(...topics), size: fc.integer({ min: 1, max: 6 }), again: fc.nat(3) }),
    { maxLength: 30 },
  ),
});

/** Each topic's log: both stories in their order, mixed, with what the relay sent twice. */
function logsOf({ turns, secondSends }: Chance): Map<EventTopic, IncomingMessage[]> {
  const [mine, yours] = stories.map((story) => [...story]) as [Told[], Told[]];
  const order = turns.flatMap(
    (first) => (first ? (mine.shift() ?? yours.shift()) : (yours.shift() ?? mine.shift())) ?? [],
  );
  return new Map(
    topics.map((topic) => {
      const written = order.filter((told) => told.topic === topic);
      for (const told of [...written]) {
        const later = secondSends.get(identity(told));
        if (later !== undefined) written.splice(written.lastIndexOf(told) + 1 + later, 0, told);
      }
      return [topic, written.map(({ message }, offset) => ({ ...message, offset }))];
    }),
  );
}

const poisonedReaders = (poisoned: Set<string>) =>
  Object.fromEntries(
    Object.entries(readers).map(([topic, read]): [string, MessageReader] => [
      topic,
      (message) => (poisoned.has(message.headers.ce_id!) ? { kind: 'invalid', reason: 'poison' } : read(message)),
    ]),
  );

test('whatever the order, the cuts, the repetitions and the poison: nothing is lost and nothing counts twice', async () => {
  const expected = await withFile(async (store, file) => {
    for (const { topic, message } of all) {
      const reading = readers[topic](message);
      if (reading.kind === 'event') await store.transact((tx) => reading.apply(tx));
    }
    return (await dump(file)).view;
  });

  await fc.assert(
    fc.asyncProperty(chance, (given) =>
      withFile(async (store, file) => {
        const logs = logsOf(given);
        const inbox = createInbox({ store, readers: poisonedReaders(given.poisoned), logger });
        const rest = topics.map((topic) => ({ topic, size: Infinity, again: 0 }));
        for (const { topic, size, again } of [...given.deliveries, ...rest]) {
          const log = logs.get(topic)!;
          let from = Math.max(0, (await inbox.position(topic, 0)) - again);
          const until = Math.min(log.length, from + size);
          while (from < until)
            from = (await inbox.apply({ topic, partition: 0, messages: log.slice(from, until) })).next;
        }

        const waiting = all.filter((told, index) =>
          all
            .slice(0, index + 1)
            .some((other) => aggregate(other) === aggregate(told) && given.poisoned.has(identity(other))),
        );
        const letters = await openDeadLetters(store);
        expect(letters.length).toBe(waiting.length);
        expect(letters.filter(({ queued }) => !queued).length).toBe(new Set(waiting.map(aggregate)).size);

        for (const key of new Set(waiting.map(aggregate))) {
          const { topic, message } = waiting.find((told) => aggregate(told) === key)!;
          await store.transact((tx) => replayDeadLetters(tx, readers, topic, message.key));
        }
        expect(await openDeadLetters(store)).toEqual([]);
        expect((await dump(file)).view).toEqual(expected);
      }),
    ),
    { numRuns: 30 },
  );
});
