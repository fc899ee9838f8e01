import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import { replayDeadLetters } from '@outerpark/chassis/messaging/dead-letters';
import { createInbox, type Inbox } from '@outerpark/chassis/messaging/inbox';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { feeder } from '@outerpark/chassis/testing/messages';
import { dump } from '../src/dump';
import { readers } from '../src/messaging/fold';
import { migrations } from '../src/persistence/migrations';
import { openSqlite, type SqliteStore } from '../src/persistence/sqlite-store';
import { rebuild } from '../src/rebuild';
import { seeMyPage } from '../src/use-cases/see-my-page';
import { newIds, seatsReserved, wholeStory, type Told } from './story';
import { openDeadLetters } from '@outerpark/chassis/testing/dead-letters';

const logger = createLogger('mypage', 'silent');
let dir: string;
let file: string;
let store: SqliteStore;
let inbox: Inbox;
let feed: ReturnType<typeof feeder>;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mypage-inbox-'));
  file = join(dir, 'inbox.sqlite');
  store = await openSqlite(file, migrations);
  inbox = createInbox({ store, readers, logger });
  feed = feeder(inbox);
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

const messages = (story: Told[]) => story.map(({ message }) => message);
const view = async () => (await dump(file)).view;
const statusOf = async (customerId: string) => (await seeMyPage(store, customerId, { limit: 1 })).items[0]?.status;

const poisoned = (told: Told): Told => ({ ...told, message: { ...told.message, value: '{"schemaVersion":1,' } });

describe('the inbox on SQLite', () => {
  const story = wholeStory(newIds());

  test('every event once, twice, and in an order that Kafka never gives', async () => {
    await feed(...messages(story));
    const once = await view();
    expect(once.timeline).toHaveLength(story.length);

    await feed(...messages(story));
    expect(await view()).toEqual(once);

    const { view: backwards } = await rebuild(
      [...story].reverse().map(({ topic, message }, offset) => ({
        topic,
        partition: 0,
        messages: [{ ...message, offset }],
      })),
    );
    expect(backwards).toEqual(once);
  });

  test.each(story.map((told) => [told.message.headers.ce_type!, told] as const))(
    'a poisoned %s is set aside, its aggregate waits, and the fold goes on',
    async (_type, victim) => {
      const others = wholeStory(newIds('bob'));
      await feed(...messages(story.map((told) => (told === victim ? poisoned(told) : told))), ...messages(others));

      const behind = story.slice(story.indexOf(victim) + 1);
      const sameAggregate = behind.filter(
        (told) => told.topic === victim.topic && told.message.key === victim.message.key,
      );
      const letters = await openDeadLetters(store);
      expect(letters.map(({ type }) => type)).toEqual(
        [victim, ...sameAggregate].map((told) => told.message.headers.ce_type),
      );
      expect(letters.map(({ queued }) => Boolean(queued))).toEqual([false, ...sameAggregate.map(() => true)]);
      expect(await statusOf('bob')).toBe('cancelled');
      expect((await view()).timeline).toHaveLength(2 * story.length - letters.length);
    },
  );

  test('what an earlier version could not apply is applied by a replay, with what waited behind it', async () => {
    const cannot = { 'reservation.events': () => ({ kind: 'invalid', reason: 'not yet' }) as const };
    const old = createInbox({ store, readers: { ...readers, ...cannot }, logger });
    await feeder(old)(...messages(story));
    expect(await statusOf('alice')).toBeUndefined();

    const replayed = await store.transact((tx) =>
      replayDeadLetters(tx, readers, 'reservation.events', story[0]!.message.key),
    );
    expect(replayed).toBe(story.filter(({ topic }) => topic === 'reservation.events').length);
    expect(await openDeadLetters(store)).toEqual([]);
    expect(await statusOf('alice')).toBe('cancelled');
  });

  test('an event whose time is no time is set aside', async () => {
    const { message } = seatsReserved(newIds());
    await feed({ ...message, headers: { ...message.headers, ce_time: 'yesterday' } });
    expect(await openDeadLetters(store)).toMatchObject([{ reason: expect.stringContaining('time') as string }]);
  });

  test('two customers do not see each other', async () => {
    await feed(...messages(wholeStory(newIds('alice'))), ...messages(wholeStory(newIds('bob'))));
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((who) => seeMyPage(store, who, { limit: 50 })));
    expect(alice!.items).toHaveLength(1);
    expect(bob!.items).toHaveLength(1);
    expect(alice!.items[0]!.id).not.toBe(bob!.items[0]!.id);
    expect((await seeMyPage(store, 'carol', { limit: 50 })).items).toEqual([]);
  });

  test('a transaction that SQLite has ended by itself, as on a full disk, leaves nothing behind', async () => {
    const write = (tx: Tx, name: string) =>
      tx.query(`INSERT OR ROLLBACK INTO meta (name, value) VALUES ($1, '1')`, [name]);
    const ended = store.transact(async (tx) => {
      await write(tx, 'a');
      await write(tx, 'a');
    });
    await expect(ended).rejects.toThrow(/UNIQUE/);
    await expect(store.transact(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await store.transact((tx) => write(tx, 'c'));
    expect(await store.read('SELECT name FROM meta')).toEqual([{ name: 'c' }]);
  });

  test('statements that come while a transaction is open wait for it', async () => {
    let finish = () => {};
    const open = new Promise<void>((resolve) => (finish = resolve));
    const rolledBack = store.transact(async (tx) => {
      await tx.query(`INSERT INTO meta (name, value) VALUES ('a', '1')`);
      await open;
      throw new Error('no');
    });
    const after = store.query(`INSERT INTO meta (name, value) VALUES ('b', '2')`);
    expect(await store.read('SELECT name FROM meta')).toEqual([]);
    finish();
    await expect(rolledBack).rejects.toThrow('no');
    await after;
    expect(await store.read('SELECT name FROM meta')).toEqual([{ name: 'b' }]);
    await expect(store.read(`DELETE FROM meta`)).rejects.toThrow(/readonly/);
  });
});
