import { CONTACTS_TOPIC, eventTopics, PARTITIONS, type Topic } from '@outerpark/contracts/topics';
import {
  WrongPartitionCount,
  type BatchOutcome,
  type Broker,
  type IncomingBatch,
  type IncomingMessage,
  type OutgoingMessage,
  type SubscribeOptions,
  type Subscription,
} from '../../src/messaging/broker';
import { eventually } from '../../src/testing/eventually';
import { testKafka } from '../../src/testing/kafka';
import { gate } from '../support/fake-broker';
import { createKafkaAdmin } from '../support/kafka-admin';
import { logger, uuids } from '../support/store';
import type { Connect } from './adapters';

const TOPIC = 'payment.events';
const PATIENCE = { withinMs: 25_000 };

/** Keys that reach every partition from the sixteenth on: of ids by chance that is not known. */
const keysEverywhere = (count: number): string[] => Array.from({ length: count }, (_, index) => `reservation-${index}`);

/** What an adapter has to do, one by one, without a store. */
export function portConformance(connect: Connect): void {
  let kafka: ReturnType<typeof testKafka>;
  let admin: ReturnType<typeof createKafkaAdmin>;
  let broker: Broker;
  let subscriptions: Subscription[];
  let brokers: Broker[];

  const open = (options: Partial<Parameters<Connect>[0]> = {}): Broker => {
    const opened = connect({ ...kafka, clientId: 'test', logger, ...options });
    brokers.push(opened);
    return opened;
  };

  beforeEach(async () => {
    kafka = testKafka();
    admin = createKafkaAdmin(kafka);
    await admin.connect();
    subscriptions = [];
    brokers = [];
    broker = open();
  });
  afterEach(async () => {
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    await Promise.all(brokers.map((opened) => opened.close()));
    await admin.close();
  });

  const message = (key: string, value: string | null, topic: Topic = TOPIC): OutgoingMessage => ({
    topic,
    key,
    headers: { ce_id: `${key}/${value}` },
    value,
  });

  /** A consumer that keeps its positions in memory and applies every batch whole, unless told otherwise. */
  const consume = (options: Partial<SubscribeOptions> = {}, through = broker) => {
    const received: (IncomingMessage & { partition: number; topic: Topic })[] = [];
    const positions = new Map<string, number>();
    const apply = ({ topic, partition, messages }: IncomingBatch): BatchOutcome => {
      received.push(...messages.map((one) => ({ ...one, partition, topic })));
      const next = messages.at(-1)!.offset + 1;
      positions.set(`${topic}/${partition}`, next);
      return { next };
    };
    const subscription = through.subscribe({
      groupId: 'test',
      topics: [TOPIC],
      position: (topic, partition) => Promise.resolve(positions.get(`${topic}/${partition}`) ?? 0),
      apply: (batch) => Promise.resolve(apply(batch)),
      ...options,
    });
    subscriptions.push(subscription);
    const values = () => received.map(({ value }) => value);
    const has = (count: number) => eventually(() => expect(received.length).toBeGreaterThanOrEqual(count), PATIENCE);
    return { subscription, received, positions, values, has, apply };
  };
  const hasAll = (subscription: Subscription) =>
    eventually(() => expect(subscription.health().assigned).toHaveLength(PARTITIONS), PATIENCE);

  describe('topics', () => {
    test('are made once, with twelve partitions, by whoever comes first', async () => {
      await Promise.all([broker, open(), open()].map((each) => eventually(() => each.ensureTopics())));
      await broker.ensureTopics();
      const topics: Topic[] = [...eventTopics, CONTACTS_TOPIC];
      for (const topic of topics) await expect(broker.ends(topic)).resolves.toEqual(new Array(PARTITIONS).fill(0));
    });

    test('events are kept for good, of contacts the last of each', async () => {
      await broker.ensureTopics();
      await expect(admin.configOf(TOPIC, ['retention.ms', 'cleanup.policy'])).resolves.toEqual({
        'retention.ms': '-1',
        'cleanup.policy': 'delete',
      });
      await expect(admin.configOf(CONTACTS_TOPIC, ['cleanup.policy'])).resolves.toEqual({
        'cleanup.policy': 'compact',
      });
    });

    test('with another number of partitions are refused', async () => {
      await admin.createTopic('musical.events', 3);
      await expect(broker.ensureTopics()).rejects.toBeInstanceOf(WrongPartitionCount);
    });
  });

  describe('publish', () => {
    test('keeps key, headers, value and the order within a key', async () => {
      await broker.ensureTopics();
      const keys = keysEverywhere(40);
      for (let round = 0; round < 5; round++)
        await broker.publish(
          keys.flatMap((key) => [message(key, `${2 * round} 김`), message(key, `${2 * round + 1} "\n`)]),
        );
      const { received, has } = consume();
      await has(400);
      expect(received).toHaveLength(400);
      for (const key of keys) {
        const mine = received.filter((one) => one.key === key);
        expect(mine.map(({ value }) => parseInt(value!))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        expect(new Set(mine.map(({ partition }) => partition)).size).toBe(1);
        expect(mine[1]).toMatchObject({ key, value: '1 "\n', headers: { ce_id: `${key}/1 "\n` } });
      }
      expect(new Set(received.map(({ partition }) => partition)).size).toBe(PARTITIONS);
    });

    test('takes several topics at once, a tombstone, and nothing at all', async () => {
      await broker.ensureTopics();
      await broker.publish([]);
      await broker.publish([message('kim', 'paid'), message('kim', null, CONTACTS_TOPIC)]);
      const { received, has } = consume({ topics: [TOPIC, CONTACTS_TOPIC] });
      await has(2);
      expect(received).toContainEqual(expect.objectContaining({ topic: TOPIC, key: 'kim', value: 'paid' }));
      expect(received).toContainEqual(expect.objectContaining({ topic: CONTACTS_TOPIC, key: 'kim', value: null }));
    });

    test('many at the same time get an offset each', async () => {
      await broker.ensureTopics();
      await Promise.all(Array.from({ length: 200 }, (_, index) => broker.publish([message('kim', String(index))])));
      const ends = await broker.ends(TOPIC);
      expect(ends.reduce((sum, end) => sum + end)).toBe(200);
      const { received, has, values } = consume();
      await has(200);
      expect(received.map(({ offset }) => offset)).toEqual(Array.from({ length: 200 }, (_, index) => index));
      expect(new Set(values()).size).toBe(200);
    });

    test('takes more at once than the broker does', async () => {
      await broker.ensureTopics();
      const sizes = [...new Array<number>(30).fill(100_000), 890_000, 1];
      const large = sizes.map((size, index) => ({ ...message('kim', `${index} ${'x'.repeat(size)}`), headers: {} }));
      await broker.publish(large);
      const { values, has } = consume();
      await has(32);
      expect(values().map((value) => parseInt(value!))).toEqual(Array.from({ length: 32 }, (_, index) => index));
    });

    test('fails while a topic is missing, and works when it is there', async () => {
      await expect(broker.publish([message('kim', 'early')])).rejects.toThrow();
      await broker.ensureTopics();
      await eventually(() => broker.publish([message('kim', 'late')]));
      const { values, has } = consume();
      await has(1);
      expect(values()).toEqual(['late']);
    });

    test('fails while nobody answers', async () => {
      const lost = open({ brokers: ['127.0.0.1:1'] });
      await expect(lost.publish([message('kim', 'x')])).rejects.toThrow();
      await expect(lost.ends(TOPIC)).rejects.toThrow();
      await expect(lost.ensureTopics()).rejects.toThrow();
    });
  });

  describe('ends', () => {
    test('are at least as new as the question', async () => {
      await broker.ensureTopics();
      const other = open();
      for (let count = 1; count <= 20; count++) {
        await broker.publish([message('kim', String(count))]);
        const ends = await other.ends(TOPIC);
        expect(ends).toHaveLength(PARTITIONS);
        expect(Math.max(...ends)).toBe(count);
      }
    });
  });

  describe("positions are the service's own", () => {
    const committedIs = (count: number) =>
      eventually(async () => {
        const committed = await admin.committed('test', TOPIC);
        expect([...committed.values()].reduce((sum, offset) => sum + offset, 0)).toBe(count);
      }, PATIENCE);

    test('a store that is behind the committed offsets gets everything again', async () => {
      await broker.ensureTopics();
      await broker.publish(uuids(60).map((key) => message(key, 'first')));
      const before = consume();
      await before.has(60);
      await committedIs(60);
      await before.subscription.stop();

      const behind = consume();
      await behind.has(60);
      expect(behind.received).toHaveLength(60);
      await broker.publish([message('kim', 'then')]);
      await behind.has(61);
    });

    test('a store that is ahead of them gets nothing twice', async () => {
      await broker.ensureTopics();
      await broker.publish(uuids(60).map((key) => message(key, 'first')));
      const ends = await broker.ends(TOPIC);
      const ahead = consume({ position: (_, partition) => Promise.resolve(ends[partition]!) });
      await hasAll(ahead.subscription);
      await broker.publish(uuids(12).map((key) => message(key, 'then')));
      await ahead.has(12);
      expect(ahead.values()).toEqual(new Array(12).fill('then'));
      // What was committed shows how far the service is.
      await eventually(async () => {
        const lag = await admin.committed('test', TOPIC);
        const now = await broker.ends(TOPIC);
        for (const [partition, offset] of lag) expect(offset).toBe(now[partition]);
      }, PATIENCE);
    });

    test('a reader for a while commits nothing', async () => {
      await broker.ensureTopics();
      await broker.publish([message('kim', 'x')]);
      const reader = consume({ transient: true });
      await reader.has(1);
      await reader.subscription.stop();
      await expect(admin.committed('test', TOPIC)).resolves.toEqual(new Map());
    });

    test('a store that is away at first is asked again, and nothing is applied before', async () => {
      await broker.ensureTopics();
      await broker.publish([message('kim', '0'), message('kim', '1')]);
      let asked = 0;
      const { has, values } = consume({
        position: () => (asked++ < 3 ? Promise.reject(new Error('away')) : Promise.resolve(1)),
      });
      await eventually(() => expect(asked).toBeGreaterThan(0), PATIENCE);
      await has(1);
      expect(values()).toEqual(['1']);
    });

    test('a store that is ahead of the topic itself is asked now and then, not all the time', async () => {
      await broker.ensureTopics();
      await broker.publish([message('kim', '0'), message('kim', '1')]);
      let calls = 0;
      const { subscription } = consume({
        position: () => Promise.resolve(1_000),
        apply: () => {
          calls++;
          return Promise.resolve({ next: 1_000 });
        },
      });
      await eventually(() => expect(subscription.health().paused).toHaveLength(1), PATIENCE);
      await eventually(() => expect(calls).toBeGreaterThan(2), PATIENCE);
      expect(subscription.health().joined).toBe(true);
    });

    test('another answer than the next offset is followed: back, and forward over the rest of a batch', async () => {
      await broker.ensureTopics();
      await broker.publish(Array.from({ length: 10 }, (_, index) => message('kim', String(index))));
      const firsts: number[] = [];
      const jumps = new Map([
        [0, 7],
        [7, 3],
        [3, 9],
      ]);
      consume({
        apply: ({ messages }) => {
          const { offset } = messages[0]!;
          firsts.push(offset);
          return Promise.resolve({ next: jumps.get(offset) ?? messages.at(-1)!.offset + 1 });
        },
      });
      await eventually(() => expect(firsts).toEqual([0, 7, 3, 9]), PATIENCE);
    });
  });

  describe('a batch', () => {
    test('that is applied in part comes again from there', async () => {
      await broker.ensureTopics();
      await broker.publish(Array.from({ length: 50 }, (_, index) => message('kim', String(index))));
      const seen: number[] = [];
      consume({
        apply: ({ messages }) => {
          const some = messages.slice(0, 7);
          seen.push(...some.map(({ offset }) => offset));
          return Promise.resolve({ next: some.at(-1)!.offset + 1 });
        },
      });
      await eventually(() => expect(seen).toHaveLength(50), PATIENCE);
      expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index));
    });

    test('that asks for a pause comes again after it; the other partitions go on meanwhile', async () => {
      await broker.ensureTopics();
      const keys = keysEverywhere(100);
      await broker.publish(keys.map((key) => message(key, 'x')));
      let stuck = true;
      const calls: number[] = [];
      const { subscription, received, has } = consume({
        apply: (batch) => {
          if (batch.partition !== 5) return Promise.resolve(consumer.apply(batch));
          calls.push(Date.now());
          if (stuck) return Promise.resolve({ next: batch.messages[0]!.offset, pauseMs: 300 });
          return Promise.resolve(consumer.apply(batch));
        },
      });
      const consumer = { apply: (batch: IncomingBatch) => take(received, batch) };
      await eventually(() => {
        expect(new Set(received.map(({ partition }) => partition)).size).toBe(PARTITIONS - 1);
        expect(calls.length).toBeGreaterThan(2);
        expect(subscription.health().paused).toEqual([`${TOPIC}/5`]);
      }, PATIENCE);
      for (let index = 1; index < calls.length; index++) expect(calls[index]! - calls[index - 1]!).toBeGreaterThan(250);
      stuck = false;
      await has(100);
      expect(received).toHaveLength(100);
      await eventually(() => expect(subscription.health().paused).toEqual([]));
    });
  });

  describe('a member', () => {
    test('tells how it is', async () => {
      await broker.ensureTopics();
      const { subscription } = consume();
      expect(subscription.health()).toEqual({ joined: false, assigned: [], paused: [] });
      await hasAll(subscription);
      expect(subscription.health()).toEqual({
        joined: true,
        assigned: Array.from({ length: PARTITIONS }, (_, partition) => `${TOPIC}/${partition}`).sort(),
        paused: [],
      });
      await subscription.stop();
      expect(subscription.health()).toEqual({ joined: false, assigned: [], paused: [] });
    });

    test('waits for its topics', async () => {
      const { subscription, has } = consume();
      await expect(broker.ends(TOPIC)).rejects.toThrow();
      expect(subscription.health().joined).toBe(false);
      await broker.ensureTopics();
      await broker.publish([message('kim', 'x')]);
      await has(1);
    });

    test('that stops finishes the batch under way, and the next has its partitions without waiting for a session to end', async () => {
      const long = { sessionTimeoutMs: 60_000 };
      await broker.ensureTopics();
      await broker.publish([message('kim', 'first')]);
      const { arrived, wait, open: finish } = gate();
      const done: string[] = [];
      const first = consume(
        {
          apply: async (batch) => {
            await wait();
            done.push('applied');
            return { next: batch.messages.at(-1)!.offset + 1 };
          },
        },
        open(long),
      );
      await arrived;
      const stopping = first.subscription.stop().then(() => done.push('stopped'));
      await broker.publish([message('kim', 'second')]);
      finish();
      await stopping;
      expect(done).toEqual(['applied', 'stopped']);

      const second = consume({ position: () => Promise.resolve(1) }, open(long));
      await second.has(1);
      expect(second.values()).toEqual(['second']);
      expect(done).toHaveLength(2);
    });

    test('shares the partitions with the others of its group, and another group has its own', async () => {
      await broker.ensureTopics();
      const one = consume();
      const two = consume({}, open());
      const other = consume({ groupId: 'other' }, open());
      await eventually(() => {
        const [first, second] = [one, two].map(({ subscription }) => subscription.health().assigned);
        expect([first!.length, second!.length]).toEqual([6, 6]);
        expect(new Set([...first!, ...second!]).size).toBe(PARTITIONS);
      }, PATIENCE);
      await hasAll(other.subscription);
      await broker.publish(uuids(48).map((key) => message(key, 'x')));
      await other.has(48);
      await eventually(() => expect(one.received.length + two.received.length).toBe(48), PATIENCE);
    });

    test('of another installation on the same cluster is in another world', async () => {
      const prefix = `${kafka.topicPrefix}other.`;
      const elsewhere = open({ topicPrefix: prefix });
      await Promise.all([broker.ensureTopics(), elsewhere.ensureTopics()]);
      const here = consume();
      const there = consume({}, elsewhere);
      await Promise.all([hasAll(here.subscription), hasAll(there.subscription)]);
      await broker.publish([message('kim', 'here')]);
      await elsewhere.publish([message('kim', 'there')]);
      await Promise.all([here.has(1), there.has(1)]);
      expect([here.values(), there.values()]).toEqual([['here'], ['there']]);
    });

    test('stops while nobody answers', async () => {
      const { subscription } = consume({}, open({ brokers: ['127.0.0.1:1'] }));
      await subscription.stop();
    });
  });
}

const take = (received: unknown[], { topic, partition, messages }: IncomingBatch): BatchOutcome => {
  received.push(...messages.map((one) => ({ ...one, partition, topic })));
  return { next: messages.at(-1)!.offset + 1 };
};
