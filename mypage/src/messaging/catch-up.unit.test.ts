import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { eventTopics, PARTITIONS } from '@outerpark/contracts/topics';
import { openReplica, type Replica } from '../persistence/replica';
import { startCatchUp, type CatchUp } from './catch-up';

const logger = createLogger('mypage', 'silent');
let dir: string;
let replica: Replica;
let catchUp: CatchUp;
/** What the broker answers when it is asked for the ends. */
let end: number | Error;
/** How often it was asked. */
let asked: number;
let joined: boolean;
let hidden: number;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mypage-catch-up-'));
  replica = await openReplica(dir, 1, logger);
  [end, asked, joined, hidden] = [3, 0, true, 0];
});

afterEach(async () => {
  await catchUp.stop();
  await replica.store.close();
  rmSync(dir, { recursive: true });
});

const start = (patienceMs = 1) => {
  const ends = () => {
    asked++;
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(Array<number>(PARTITIONS).fill(end));
  };
  const onHidden = () => void hidden++;
  const health = () => ({ joined, assigned: [], paused: [] });
  const consumer = { health, ends: () => new Map(), stop: () => Promise.resolve() };
  catchUp = startCatchUp({ replica, broker: { ends }, consume: () => consumer, patienceMs, onHidden, logger });
};

/** As the inbox and the look at the ends would leave it. */
const apply = async (next: number) => {
  const now = new Date().toISOString();
  for (const topic of eventTopics) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await replica.store.query(
        `INSERT INTO consumer_offset (topic, partition, next_offset, at_end_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
        [topic, partition, next, now],
      );
    }
  }
};

const reason = () => {
  try {
    catchUp.ready();
    return 'ready';
  } catch (error) {
    return (error as Error).message;
  }
};

test('it is ready when it has reached the ends of the start, whatever came since', async () => {
  start();
  await eventually(() => expect(reason()).toBe('catching up: 48 partitions are behind'));
  end = 10;
  await apply(2);
  expect(reason()).toBe('catching up: 48 partitions are behind');
  await apply(3);
  await eventually(() => expect(reason()).toBe('ready'));
  expect(replica.wasComplete()).toBe(true);
});

test('a complete file waits on while Kafka answers, also when its consumer is not in the group yet', async () => {
  await replica.complete();
  joined = false;
  start(300);
  await eventually(() => expect(reason()).toMatch(/^catching up/));
  const before = asked;
  await eventually(() => expect(asked).toBeGreaterThan(before + 5));
  expect(reason()).toMatch(/^catching up/);
});

test('a complete file is shown when Kafka goes away before it has caught up', async () => {
  await replica.complete();
  joined = false;
  start(300);
  await eventually(() => expect(reason()).toMatch(/^catching up/));
  end = new Error('away');
  await eventually(() => expect(reason()).toBe('ready'));
});

test('a file that was never complete is not shown, however long Kafka is away', () => {
  end = new Error('away');
  start(0);
  expect(reason()).toBe('waiting for Kafka');
  expect(() => catchUp.requireComplete()).toThrow(expect.objectContaining({ problem: 'service-unavailable' }));
});

test('a file that has more than Kafka is folded anew', async () => {
  await apply(4);
  await replica.complete();
  start();
  await eventually(() => expect(reason()).toMatch(/^catching up/));
  expect(replica.wasComplete()).toBe(false);
  expect(hidden).toBe(1);
  expect(await replica.store.read('SELECT * FROM consumer_offset')).toEqual([]);
});
