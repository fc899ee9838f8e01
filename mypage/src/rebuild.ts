import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import type { IncomingBatch } from '@outerpark/chassis/messaging/broker';
import { discardDeadLetter, HEADS, replayDeadLetters } from '@outerpark/chassis/messaging/dead-letters';
import { createInbox, type Inbox } from '@outerpark/chassis/messaging/inbox';
import { isPassingFailure } from '@outerpark/chassis/postgres/failures';
import type { Topic } from '@outerpark/contracts/topics';
import { dump, type Dump } from './dump';
import { readers } from './messaging/fold';
import { migrations } from './persistence/migrations';
import { openSqlite, type SqliteStore } from './persistence/sqlite-store';

/**
 * The view that these messages make, folded into a new file as a replica would do it; the file is deleted afterwards. Each
 * batch holds messages of one partition in order of offset; a partition may have several, and the partitions any order. What
 * cannot be applied is given up, and what waits behind it is applied, as operators did it, unless it waits for them still: `waiting`
 * has the dead letters of the replica.
 */
export async function rebuild(
  batches: Iterable<IncomingBatch> | AsyncIterable<IncomingBatch>,
  waiting: Dump['waiting'] = [],
): Promise<Dump> {
  const dir = await mkdtemp(join(tmpdir(), 'mypage-rebuild-'));
  try {
    const file = join(dir, 'rebuilt.sqlite');
    const store = await openSqlite(file, migrations);
    try {
      const inbox = createInbox({ store, readers, logger: createLogger('mypage-rebuild', 'silent') });
      for await (const batch of batches) await applyAll(inbox, batch);
      await giveUp(store, waiting);
    } finally {
      await store.close();
    }
    return await dump(file);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Tries of one message that asks for a pause, before it counts as one that this version cannot apply. */
const TRIES = 10;

async function applyAll(inbox: Inbox, { topic, partition, messages }: IncomingBatch): Promise<void> {
  let next = await inbox.position(topic, partition);
  let rest = messages.filter(({ offset }) => offset >= next);
  for (let tries = 0; rest[0]; tries++) {
    if (tries === TRIES) throw new Error(`${topic}/${partition}@${rest[0].offset} cannot be applied`);
    const outcome = await inbox.apply({ topic, partition, messages: rest });
    if (outcome.next > next) tries = 0;
    next = outcome.next;
    rest = rest.filter(({ offset }) => offset >= next);
  }
}

/** The oldest open letters of all aggregates but those of the replica. */
const HEAD = `SELECT id, topic, aggregate FROM dead_letter WHERE id IN (${HEADS})
  AND (topic, aggregate) NOT IN (SELECT value ->> 'topic', value ->> 'aggregate' FROM json_each($1)) LIMIT 1`;

async function giveUp(store: SqliteStore, waiting: Dump['waiting']): Promise<void> {
  for (;;) {
    const [head] = await store.query<{ id: number; topic: Topic; aggregate: string }>(HEAD, [JSON.stringify(waiting)]);
    if (!head) return;
    await store.transact((tx) => discardDeadLetter(tx, head.id, 'as operators did it'));
    // One that cannot be applied either ends this, and is the next head.
    await store
      .transact((tx) => replayDeadLetters(tx, readers, head.topic, head.aggregate))
      .catch((error: unknown) => {
        if (isPassingFailure(error)) throw error;
      });
  }
}
