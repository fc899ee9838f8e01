import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { at, newIds, seatsReserved, told, wholeStory, type Ids, type Told } from '../../test/story';
import { readersTelling } from '../messaging/fold';
import { migrations } from '../persistence/migrations';
import { openSqlite, type SqliteStore } from '../persistence/sqlite-store';
import { seeMyPage } from './see-my-page';
import { createWatch, type Change, type Watch, type Watcher } from './watch-my-page';

let dir: string;
let store: SqliteStore;
let watch: Watch;
/** Stands before every reading of the watch. */
let beforeReading: (sql: string) => Promise<void>;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mypage-watch-'));
  store = await openSqlite(join(dir, 'watch.sqlite'), migrations);
  beforeReading = () => Promise.resolve();
  const read: SqliteStore['read'] = async (sql, params) => {
    await beforeReading(sql);
    return store.read(sql, params);
  };
  watch = createWatch({ store: { read }, most: 3, logger: createLogger('mypage', 'silent') });
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** Several events in one transaction. */
const commit = (story: Told[], then: () => void = () => undefined) =>
  store.transact(async (tx) => {
    const readers = readersTelling(watch.changed);
    for (const { topic, message } of story) {
      const reading = readers[topic](message);
      if (reading.kind === 'event') await reading.apply(tx);
    }
    then();
  });

const watcher = () => {
  const changes: Change[] = [];
  const seen = {
    changes,
    ended: 0,
    change: (change: Change) => void changes.push(change),
    end: () => void seen.ended++,
  };
  return seen satisfies Watcher;
};
const confirmed = ({ reservationId, customerId }: Ids) =>
  told({ type: 'PaymentApproved', data: { reservationId, customerId, amount: 300_000 } }, reservationId, 1, 5);
const onePage = (customerId: string) => seeMyPage(store, customerId, { limit: 50 });

test('the page as it is, then each transaction as one change with the newest state', async () => {
  const ids = newIds('alice');
  const story = wholeStory(ids);
  await commit(story.slice(0, 2));
  const alice = watcher();
  const { page } = await watch.begin('alice', alice);
  expect(page).toEqual(await onePage('alice'));

  await commit(story.slice(2, 6));
  await eventually(() => expect(alice.changes).toHaveLength(1));
  expect(alice.changes[0]).toMatchObject({ item: (await onePage('alice')).items[0], since: at(2) });
  await commit(story.slice(6));
  await eventually(() => expect(alice.changes).toHaveLength(2));
  expect(alice.changes[1]!.item).toEqual((await onePage('alice')).items[0]);
  expect(alice.changes[1]!.item.status).toBe('cancelled');
});

test('what is committed while the page is read comes after it', async () => {
  const ids = newIds('alice');
  beforeReading = async (sql) => {
    if (!sql.includes('LIMIT')) return;
    beforeReading = () => Promise.resolve();
    await commit([seatsReserved(ids)]);
  };
  const alice = watcher();
  await watch.begin('alice', alice);
  await eventually(() => expect(alice.changes.map(({ item }) => item.id)).toEqual([ids.reservationId]));
});

test('a reservation of which another topic has told first comes when its customer is known, with all of it', async () => {
  const ids = newIds('alice');
  const alice = watcher();
  await watch.begin('alice', alice);
  await commit([confirmed(ids)]);
  await commit([seatsReserved(ids)]);
  await eventually(() => expect(alice.changes).toHaveLength(1));
  expect(alice.changes[0]!.item).toMatchObject({ id: ids.reservationId, payment: { status: 'approved' } });
});

test('customers see their own only, each of several watchers sees it, and who has left sees nothing', async () => {
  const [first, second, bob] = [watcher(), watcher(), watcher()];
  const { leave } = await watch.begin('alice', first);
  await watch.begin('alice', second);
  await watch.begin('bob', bob);
  await commit([seatsReserved(newIds('alice'))]);
  await eventually(() => expect([first, second].map(({ changes }) => changes.length)).toEqual([1, 1]));
  leave();
  leave();
  expect(watch.watchers()).toBe(2);
  await commit([seatsReserved(newIds('alice')), seatsReserved(newIds('bob'))]);
  await eventually(() => expect([first, second, bob].map(({ changes }) => changes.length)).toEqual([1, 2, 1]));
});

test('a transaction that was rolled back is not told', async () => {
  const alice = watcher();
  await watch.begin('alice', alice);
  const never = commit([seatsReserved(newIds('alice'))], () => {
    throw new Error('no');
  });
  await expect(never).rejects.toThrow('no');
  const ids = newIds('alice');
  await commit([seatsReserved(ids)]);
  await eventually(() => expect(alice.changes.map(({ item }) => item.id)).toEqual([ids.reservationId]));
});

test('when changes cannot be read, all have to begin anew', async () => {
  const alice = watcher();
  await watch.begin('alice', alice);
  beforeReading = () => Promise.reject(new Error('disk I/O error'));
  await commit([seatsReserved(newIds('alice'))]);
  await eventually(() => expect(alice.ended).toBe(1));
  await expect(watch.begin('alice', alice)).rejects.toThrow('disk I/O error');
  expect(watch.watchers()).toBe(0);

  beforeReading = () => Promise.resolve();
  expect((await watch.begin('alice', alice)).page.items).toHaveLength(1);
});

test('as many as the process bears, and nobody once it is closed', async () => {
  const three = [watcher(), watcher(), watcher()];
  const begun = await Promise.all(three.map((one) => watch.begin('alice', one)));
  const refused = expect.objectContaining({ problem: 'service-unavailable' }) as unknown;
  await expect(watch.begin('bob', watcher())).rejects.toEqual(refused);
  begun[0]!.leave();
  await watch.begin('bob', watcher());

  watch.close();
  expect(watch.watchers()).toBe(0);
  expect(three.map(({ ended }) => ended)).toEqual([0, 1, 1]);
  await expect(watch.begin('bob', watcher())).rejects.toEqual(refused);
});
