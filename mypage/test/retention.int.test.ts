import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import { createInbox } from '@outerpark/chassis/messaging/inbox';
import { createMetrics } from '@outerpark/chassis/metrics';
import { startRetention } from '@outerpark/chassis/retention';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { feeder } from '@outerpark/chassis/testing/messages';
import { dump } from '../src/dump';
import { readers } from '../src/messaging/fold';
import { migrations } from '../src/persistence/migrations';
import { retentions } from '../src/persistence/retention';
import { openSqlite, type SqliteStore } from '../src/persistence/sqlite-store';
import { newIds, wholeStory } from './story';

const logger = createLogger('mypage', 'silent');
let dir: string;
let store: SqliteStore;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mypage-retention-'));
  store = await openSqlite(join(dir, 'mypage.sqlite'), migrations);
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const forgetIn = async (work: () => Promise<void>) => {
  const { stop } = startRetention({
    store,
    retentions: retentions({ keepInboxDays: 7, keepDeadLettersDays: 30 }),
    everyMs: 20,
    now: () => new Date(),
    logger,
    metrics: createMetrics('mypage'),
  });
  await eventually(work).finally(stop);
};

test('the file forgets ids of events after a week, and not what it shows', async () => {
  const feed = feeder(createInbox({ store, readers, logger }));
  const messages = (who: string) => wholeStory(newIds(who)).map(({ message }) => message);
  await feed(...messages('alice'));
  await store.query(`UPDATE inbox SET applied_at = $1`, [daysAgo(7.1)]);
  const bobs = messages('bob');
  await feed(...bobs);
  await store.query(`UPDATE inbox SET applied_at = $1 WHERE applied_at > $2`, [daysAgo(6.9), daysAgo(1)]);
  const { view } = await dump(join(dir, 'mypage.sqlite'));

  const left = async () => (await store.read<{ id: string }>('SELECT event_id AS id FROM inbox')).map(({ id }) => id);
  const bobsIds = bobs.map(({ headers }) => headers.ce_id!);
  await forgetIn(async () => expect((await left()).sort()).toEqual(bobsIds.sort()));
  expect((await dump(join(dir, 'mypage.sqlite'))).view).toEqual(view);
  const [{ until }] = (await store.read<{ until: string }>('SELECT until FROM forgotten')) as [{ until: string }];
  expect(Date.parse(until)).toBeLessThan(Date.parse(daysAgo(7)));
});

test('a large backlog goes batch by batch, and dead letters a month after they were resolved', async () => {
  await store.query(
    `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3500) INSERT INTO inbox SELECT 'old ' || n, $1 FROM n`,
    [daysAgo(8)],
  );
  for (const [reason, resolvedAt] of Object.entries({ open: null, lately: daysAgo(29), long: daysAgo(31) })) {
    await store.query(
      `INSERT INTO dead_letter (topic, partition, position, aggregate, message, reason, queued, created_at, resolved_at)
       VALUES ('t', 0, 0, 'a', '{}', $1, 0, $2, $3)`,
      [reason, daysAgo(99), resolvedAt],
    );
  }
  await forgetIn(async () => {
    expect(await store.read('SELECT event_id FROM inbox')).toEqual([]);
    expect(await store.read('SELECT reason FROM dead_letter ORDER BY id')).toEqual([
      { reason: 'open' },
      { reason: 'lately' },
    ]);
  });
});
