import { randomUUID } from 'node:crypto';
import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { currentContext } from '../src/context';
import { PermanentError, TransientError } from '../src/errors';
import type { BatchOutcome, IncomingBatch, IncomingMessage } from '../src/messaging/broker';
import { discardDeadLetter, replayDeadLetters } from '../src/messaging/dead-letters';
import { createInbox, type Inbox } from '../src/messaging/inbox';
import { contactReader, eventReader } from '../src/messaging/reading';
import type { Tx } from '../src/postgres/store';
import { feeder, messageOf } from '../src/testing/messages';
import { gate } from './support/fake-broker';
import { abandoned, logger, openStore, uuids, type TestStore } from './support/store';
import { openDeadLetters } from '../src/testing/dead-letters';

/** What the events do here: one row each, in the order in which they were applied. */
class CreateEffect1790000009000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`CREATE TABLE effect (nth bigint GENERATED ALWAYS AS IDENTITY, subject text, version int)`);
    await runner.query(`CREATE TABLE contact (customer_id text PRIMARY KEY, email text)`);
  }
  down = () => Promise.resolve();
}

const TOPIC = 'reservation.events';
const PARTITION = 3;

let store: TestStore;
let end: () => Promise<void>;
beforeAll(async () => {
  [store, end] = await openStore([CreateEffect1790000009000]);
});
afterAll(() => end());

/** Comes before an event's effect: throws what the test wants to see thrown. */
let before: (subject: string, version: number, tx: Tx) => unknown;
let inbox: Inbox;
const readers = {
  [TOPIC]: eventReader({
    ReservationAbandoned: async (tx, { subject, version }) => {
      await before(subject, version, tx);
      await tx.query('INSERT INTO effect (subject, version) VALUES ($1, $2)', [subject, version]);
    },
  }),
  [CONTACTS_TOPIC]: contactReader(async (tx, customerId, contact: CustomerContact | null) => {
    await tx.query('DELETE FROM contact WHERE customer_id = $1', [customerId]);
    if (contact) await tx.query('INSERT INTO contact VALUES ($1, $2)', [customerId, contact.email]);
  }),
};
beforeEach(async () => {
  before = () => undefined;
  inbox = createInbox({ store, readers, logger });
  await store.query('TRUNCATE effect, contact, inbox, dead_letter, consumer_offset');
});

const message = (subject: string, version: number, offset: number, more: object = {}): IncomingMessage =>
  messageOf(abandoned(subject), { subject, version, offset, ...more });
const invalid = (subject: string, version: number, offset: number) => message(subject, version, offset, { value: '{' });
const newer = (subject: string, version: number, offset: number) =>
  message(subject, version, offset, { value: JSON.stringify({ schemaVersion: 2, version, data: {} }) });
const at = (original: IncomingMessage, offset: number) => ({ ...original, offset });

/** As a broker's adapter does: goes on where the inbox says, until it asks for a pause or the batch is done. */
const deliver = (messages: IncomingMessage[], topic: Topic = TOPIC, to = inbox): Promise<BatchOutcome> =>
  deliverTo(PARTITION, messages, topic, to);
const deliverTo = async (
  partition: number,
  messages: IncomingMessage[],
  topic: Topic = TOPIC,
  to = inbox,
): Promise<BatchOutcome> => {
  await to.position(topic, partition);
  let rest = messages;
  for (;;) {
    const outcome = await to.apply({ topic, partition, messages: rest });
    rest = rest.filter(({ offset }) => offset >= outcome.next);
    if (rest.length === 0 || outcome.pauseMs !== undefined) return outcome;
  }
};
/** Delivers again after each pause. */
const deliverAll = async (messages: IncomingMessage[]) => {
  for (;;) {
    const { next, pauseMs } = await deliver(messages.slice());
    messages = messages.filter(({ offset }) => offset >= next);
    if (pauseMs === undefined) return;
  }
};
const effects = async () =>
  (await store.query<{ subject: string; version: number }>('SELECT * FROM effect ORDER BY nth')).map(
    ({ subject, version }) => [subject, version],
  );
const next = () => inbox.position(TOPIC, PARTITION);
const count = async (table: string) =>
  (await store.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
const letters = async () =>
  (await openDeadLetters(store)).map(({ aggregate, reason, queued }) => [aggregate, queued, reason]);
const WAITS = 'waits behind an earlier event of its aggregate';

describe('exactly once', () => {
  const [a, b] = uuids(2) as [string, string];

  test('a batch is applied in its order, and the position moves behind it', async () => {
    expect(await next()).toBe(0);
    await expect(deliver([message(a, 1, 0), message(b, 1, 1), message(a, 2, 2)])).resolves.toEqual({ next: 3 });
    expect(await effects()).toEqual([
      [a, 1],
      [b, 1],
      [a, 2],
    ]);
    expect(await next()).toBe(3);
    expect(await count('inbox')).toBe(3);
  });

  test('a batch that comes twice is applied once', async () => {
    const batch = [message(a, 1, 0), message(a, 2, 1)];
    await deliver(batch);
    await expect(deliver(batch)).resolves.toEqual({ next: 2 });
    expect(await effects()).toHaveLength(2);
  });

  test('a batch that overlaps what was applied gives way to the position', async () => {
    const batch = [message(a, 1, 0), message(a, 2, 1), message(a, 3, 2)];
    await deliver(batch.slice(0, 2));
    await expect(inbox.apply({ topic: TOPIC, partition: PARTITION, messages: batch.slice(1) })).resolves.toEqual({
      next: 2,
    });
    await deliver(batch.slice(2));
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [a, 3],
    ]);
  });

  test("the relay's second send of an event, at another offset, is passed over", async () => {
    const [first, second] = [message(a, 1, 0), message(a, 2, 1)];
    await deliver([first, second, at(first, 2), at(second, 3), message(a, 3, 4)]);
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [a, 3],
    ]);
    await deliver([at(second, 5), at(first, 6)]);
    expect(await effects()).toHaveLength(3);
    expect(await next()).toBe(7);
  });

  test('versions that come out of order are the handler to judge: the inbox keeps the order of the partition', async () => {
    await deliver([message(a, 2, 0), message(a, 1, 1)]);
    expect(await effects()).toEqual([
      [a, 2],
      [a, 1],
    ]);
  });

  test('gaps that compaction left are no reason to stop', async () => {
    await expect(deliver([message(a, 1, 5), message(a, 2, 9)])).resolves.toEqual({ next: 10 });
    await expect(deliver([message(a, 3, 1_000)])).resolves.toEqual({ next: 1_001 });
    expect(await effects()).toHaveLength(3);
  });

  test('what nobody knows or cares for moves the position only', async () => {
    const unknown = [
      message(a, 1, 0, { headers: { ce_type: 'SeatsPainted' } }),
      message(a, 2, 1, { headers: { ce_type: 'PaymentApproved' }, value: 'not JSON' }),
    ];
    await expect(deliver(unknown)).resolves.toEqual({ next: 2 });
    expect([await count('effect'), await count('inbox'), await count('dead_letter')]).toEqual([0, 0, 0]);
  });

  test('a topic without a reader moves the position only', async () => {
    await expect(deliver([message(a, 1, 0)], 'payment.events')).resolves.toEqual({ next: 1 });
    expect(await count('effect')).toBe(0);
  });

  test('effect and position stand or fall together', async () => {
    before = async (_subject, version, tx) => {
      if (version === 1) return;
      await tx.query('INSERT INTO effect (subject, version) VALUES ($1, -1)', [a]);
      throw new TransientError('away');
    };
    await deliver([message(a, 1, 0)]);
    await expect(deliver([message(a, 2, 1)])).resolves.toMatchObject({
      next: 1,
      pauseMs: expect.any(Number) as number,
    });
    expect(await effects()).toEqual([[a, 1]]);
    expect(await next()).toBe(1);
    expect(await count('inbox')).toBe(1);
  });

  test('several hundred go in several transactions, each answered for itself', async () => {
    const batch = Array.from({ length: 450 }, (_, index) => message(a, index + 1, index));
    const answers = [];
    for (let rest = batch; rest.length > 0; rest = batch.slice(answers.at(-1)!.next))
      answers.push(await inbox.apply({ topic: TOPIC, partition: PARTITION, messages: rest }));
    expect(answers).toEqual([{ next: 0 }, { next: 200 }, { next: 400 }, { next: 450 }]);
    expect((await effects()).map(([, version]) => version)).toEqual(batch.map((_, index) => index + 1));
  });

  test('a handler runs in the trace of its event', async () => {
    let context: unknown;
    before = () => (context = currentContext());
    await deliver([message(a, 1, 0, { headers: { correlationid: 'c-7' } })]);
    expect(context).toMatchObject({
      correlationId: 'c-7',
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)/) as string,
    });
  });
});

describe('several partitions at the same time', () => {
  const [a, b, c] = uuids(3) as [string, string, string];
  const batches = (): IncomingBatch[] =>
    [a, b, c].map((subject, partition) => ({
      topic: TOPIC,
      partition,
      messages: [message(subject, 1, 0), message(subject, 2, 1)],
    }));
  const applyAll = async (all = batches()) => {
    for (const { topic, partition } of all) await inbox.position(topic, partition);
    return Promise.all(all.map((batch) => inbox.apply(batch)));
  };
  const positions = () => Promise.all([0, 1, 2].map((partition) => inbox.position(TOPIC, partition)));

  test('are applied in one transaction, each answered for itself', async () => {
    const transactions = new Set<unknown>();
    before = async (_subject, _version, tx) => {
      const [row] = await tx.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
      transactions.add(row!.id);
    };
    const all = batches();
    all[1]!.messages.pop();
    await expect(applyAll(all)).resolves.toEqual([{ next: 2 }, { next: 1 }, { next: 2 }]);
    expect(transactions.size).toBe(1);
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [b, 1],
      [c, 1],
      [c, 2],
    ]);
    expect(await positions()).toEqual([2, 1, 2]);
  });

  test('an event that can never be applied is set aside, and the other partitions go on', async () => {
    before = (subject, version) => {
      if (subject === b && version === 1) throw new PermanentError('no');
    };
    const outcomes = await applyAll();
    expect(outcomes[0]).toEqual({ next: 2 });
    expect(outcomes[2]).toEqual({ next: 2 });
    await deliverTo(1, batches()[1]!.messages.slice(1));
    expect(await letters()).toEqual([
      [b, false, 'PermanentError: no'],
      [b, true, WAITS],
    ]);
    expect(await positions()).toEqual([2, 2, 2]);
  });

  test('one that fails for a while holds up the others no longer than once', async () => {
    before = (subject) => {
      if (subject === b) throw new TransientError('locked');
    };
    expect(await applyAll()).toEqual(batches().map(() => ({ next: 0, pauseMs: 100 })));
    expect(await applyAll()).toEqual([{ next: 2 }, { next: 0, pauseMs: 200 }, { next: 2 }]);
    before = () => undefined;
    await deliverTo(1, batches()[1]!.messages);
    expect(await positions()).toEqual([2, 2, 2]);
  });

  test('one that another member has moved gives way alone, and nothing of it is applied twice', async () => {
    const [, second] = batches();
    await inbox.position(TOPIC, 1);
    await createInbox({ store, readers, logger }).apply(second!);
    const others = batches().filter(({ partition }) => partition !== 1);
    for (const { topic, partition } of others) await inbox.position(topic, partition);
    await expect(Promise.all(batches().map((batch) => inbox.apply(batch)))).resolves.toEqual([
      { next: 2 },
      { next: 2 },
      { next: 2 },
    ]);
    expect((await effects()).filter(([subject]) => subject === b)).toEqual([
      [b, 1],
      [b, 2],
    ]);
  });

  test('a newer schema pauses its own partition only', async () => {
    const all = batches();
    all[0]!.messages = [newer(a, 1, 0)];
    const [paused, ...rest] = await applyAll(all);
    expect(paused).toMatchObject({ next: 0, pauseMs: expect.any(Number) as number });
    expect(rest).toEqual([{ next: 2 }, { next: 2 }]);
  });
});

describe('another member has the partition', () => {
  const [a] = uuids(1) as [string];

  test('a thawed member is fenced: its transaction finds the position moved, and nothing of it is left', async () => {
    const batch = [message(a, 1, 0), message(a, 2, 1)];
    const ice = gate();
    let frozen = true;
    before = async () => {
      if (!frozen) return;
      frozen = false;
      await ice.wait();
    };
    // The frozen one holds the position's row, until PostgreSQL ends its transaction.
    const thawing = deliver(batch);
    await ice.arrived;
    await store.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
    );
    await expect(
      deliver([...batch, message(a, 3, 2)], TOPIC, createInbox({ store, readers, logger })),
    ).resolves.toEqual({ next: 3 });
    ice.open();
    await expect(thawing).resolves.toMatchObject({ next: 0, pauseMs: expect.any(Number) as number });
    await expect(deliver(batch)).resolves.toEqual({ next: 3 });
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [a, 3],
    ]);
  });

  test('two members that apply the same batch at the same time: one does, the other goes on behind it', async () => {
    const batch = Array.from({ length: 60 }, (_, index) => message(a, index + 1, index));
    await inbox.position(TOPIC, PARTITION);
    const members = [1, 2, 3].map(() => createInbox({ store, readers, logger }));
    const answers = await Promise.all(members.map((member) => deliver(batch, TOPIC, member)));
    expect(answers).toEqual([{ next: 60 }, { next: 60 }, { next: 60 }]);
    expect((await effects()).map(([, version]) => version)).toEqual(batch.map((_, index) => index + 1));
  });
});

describe('a failure that may pass', () => {
  const [a, b] = uuids(2) as [string, string];

  test('pauses the partition, longer each time, for as long as it lasts, and then nothing is missing', async () => {
    let away = true;
    before = (_subject, version) => {
      if (away && version === 2) throw new TransientError('away');
    };
    const batch = [message(a, 1, 0), message(a, 2, 1), message(b, 1, 2)];
    const pauses: (number | undefined)[] = [];
    for (let tries = 0; tries < 9; tries++) pauses.push((await deliver(batch)).pauseMs);
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
    expect(await letters()).toEqual([]);
    away = false;
    await expect(deliver(batch)).resolves.toEqual({ next: 3 });
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [b, 1],
    ]);
  });

  test('proves nothing against the event: the tries of an unknown error are counted apart', async () => {
    const errors = [...Array.from({ length: 5 }, () => new TransientError('away')), new Error('odd'), new Error('odd')];
    before = () => {
      const error = errors.shift();
      if (error) throw error;
    };
    await deliverAll([message(a, 1, 0)]);
    expect(await effects()).toEqual([[a, 1]]);
    expect(await letters()).toEqual([]);
  });

  test('a store that cannot be reached pauses too', async () => {
    const away = createInbox({
      readers,
      logger,
      store: { ...store, transact: () => Promise.reject(new Error('Connection terminated unexpectedly')) },
    });
    const outcome = await away.apply({ topic: TOPIC, partition: PARTITION, messages: [message(a, 1, 0)] });
    expect(outcome).toEqual({ next: 0, pauseMs: 100 });
  });
});

describe('what can never succeed', () => {
  const [a, b, c] = uuids(3) as [string, string, string];

  test('becomes a dead letter with its reason, in the transaction that moves the position', async () => {
    const missing = message(a, 1, 0);
    delete missing.headers.ce_id;
    const batch = [missing, message(b, 1, 1, { value: '{"version":' }), message(c, 1, 2, { value: '{}' })];
    await expect(deliver(batch)).resolves.toEqual({ next: 3 });
    expect(await effects()).toEqual([]);
    expect(await letters()).toEqual([
      [a, false, 'no ce_type, no ce_id or no valid ce_time'],
      [b, false, 'body: Invalid input: expected object, received undefined'],
      [c, false, expect.stringContaining('schemaVersion: ') as string],
    ]);
    expect(await openDeadLetters(store)).toMatchObject([
      {
        topic: TOPIC,
        type: 'ReservationAbandoned',
        id: `${TOPIC}-${PARTITION}-0`,
      },
      {},
      {},
    ]);
    await deliver(batch);
    expect(await letters()).toHaveLength(3);
  });

  test('later events of its aggregate queue behind it, in the same batch and after; others go on', async () => {
    await deliver([invalid(a, 1, 0), message(b, 1, 1), message(a, 2, 2)]);
    await deliver([message(a, 3, 3), message(b, 2, 4)]);
    expect(await effects()).toEqual([
      [b, 1],
      [b, 2],
    ]);
    expect(await letters()).toEqual([
      [a, false, expect.any(String) as string],
      [a, true, WAITS],
      [a, true, WAITS],
    ]);
  });

  test('its second send makes no second letter', async () => {
    const [bad, queued] = [invalid(a, 1, 0), message(a, 2, 1)];
    await deliver([bad, queued, at(bad, 2), at(queued, 3)]);
    expect(await letters()).toHaveLength(2);
  });

  test('an unknown error gets three tries with pauses; then its event alone is set aside, not its batch', async () => {
    let thrown = 0;
    before = (subject) => {
      if (subject !== b) return;
      thrown++;
      throw new TypeError('cannot read seats of undefined');
    };
    const batch = [message(a, 1, 0), message(b, 1, 1), message(c, 1, 2), message(b, 2, 3)];
    await expect(deliver(batch)).resolves.toEqual({ next: 1, pauseMs: 100 });
    expect(await effects()).toEqual([[a, 1]]);
    await expect(deliver(batch)).resolves.toEqual({ next: 1, pauseMs: 200 });
    await expect(deliver(batch)).resolves.toEqual({ next: 4 });
    expect(await effects()).toEqual([
      [a, 1],
      [c, 1],
    ]);
    expect(await letters()).toEqual([
      [b, false, 'TypeError: cannot read seats of undefined'],
      [b, true, WAITS],
    ]);
    expect(thrown).toBeLessThan(10);
  });

  test('an unknown error that passes in time is no dead letter', async () => {
    let failures = 2;
    before = () => {
      if (failures-- > 0) throw new Error('odd');
    };
    await deliverAll([message(a, 1, 0), message(a, 2, 1)]);
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
    ]);
  });

  test('a PermanentError is believed at once', async () => {
    before = () => {
      throw new PermanentError('never');
    };
    await expect(deliver([message(a, 1, 0)])).resolves.toEqual({ next: 1 });
    expect(await letters()).toEqual([[a, false, 'PermanentError: never']]);
  });

  test('an error of the database on what an event holds is one, too', async () => {
    before = (_subject, version, tx) => version === 1 && tx.query('INSERT INTO effect (version) VALUES (99999999999)');
    await deliverAll([message(a, 1, 0), message(b, 2, 1)]);
    expect(await effects()).toEqual([[b, 2]]);
    expect(await letters()).toEqual([[a, false, expect.stringContaining('out of range') as string]]);
  });

  test('one bad among a hundred leaves ninety-nine applied, in order', async () => {
    before = (_subject, version) => {
      if (version === 57) throw new PermanentError('never');
    };
    const subjects = uuids(100);
    await expect(deliver(subjects.map((subject, index) => message(subject, index + 1, index)))).resolves.toEqual({
      next: 100,
    });
    expect((await effects()).map(([, version]) => version)).toEqual(
      subjects.map((_, index) => index + 1).filter((version) => version !== 57),
    );
    expect(await count('dead_letter')).toBe(1);
  });

  test.each([
    ['NUL', { key: 'a\0b', headers: { ce_id: 'id\0', ce_type: 'Reservation\0' } }],
    ['an endless key', { key: 'k'.repeat(100_000), headers: { ce_id: 'i'.repeat(100_000) } }],
    ['a time long past', { headers: { ce_id: '1', ce_type: 'ReservationAbandoned', ce_time: '0000-01-01T00:00:00Z' } }],
    ['nothing at all', { key: '', headers: {}, value: null }],
    ['a year of five digits', { headers: { ce_time: '+010000-01-01T00:00:00.000Z' } }],
    ['bytes of no text', { headers: {}, value: '\uFFFD\0\uD800' }],
  ])('a message with %s stops nobody', async (_, odd) => {
    const bad = { ...message(a, 1, 0), ...odd };
    await expect(deliver([bad, message(b, 1, 1)])).resolves.toEqual({ next: 2 });
    expect(await effects()).toEqual([[b, 1]]);
  });

  test('a time in the future does not make the service believe that it has caught up', async () => {
    await deliver([message(a, 1, 0, { time: new Date('2999-01-01') })]);
    const [row] = await store.query<{ applied_time: Date }>('SELECT applied_time FROM consumer_offset');
    expect(row!.applied_time.getTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe('the operator', () => {
  const [a, b] = uuids(2) as [string, string];
  const discard = (id: number, reason: string) => store.transact((tx) => discardDeadLetter(tx, id, reason));
  const replay = (subject: string) => store.transact((tx) => replayDeadLetters(tx, readers, TOPIC, subject));

  test('replays what failed, with all that queues behind it, and the aggregate flows again', async () => {
    before = (_subject, version) => {
      if (version === 1) throw new PermanentError('not yet');
    };
    await deliver([message(a, 1, 0), message(a, 2, 1), message(b, 1, 2), message(b, 2, 3)]);
    before = () => undefined;
    await expect(replay(a)).resolves.toBe(2);
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
    ]);
    await deliver([message(a, 3, 4), message(b, 3, 5)]);
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [a, 3],
    ]);
    await expect(replay(b)).resolves.toBe(3);
    await expect(replay(b)).resolves.toBe(0);
    expect((await effects()).slice(3)).toEqual([
      [b, 1],
      [b, 2],
      [b, 3],
    ]);
    expect(await letters()).toEqual([]);
  });

  test('a replay runs in the trace of the event', async () => {
    before = () => {
      throw new PermanentError('not yet');
    };
    await deliver([message(a, 1, 0, { headers: { correlationid: 'c-8' } })]);
    let correlationId: unknown;
    before = () => (correlationId = currentContext().correlationId);
    await replay(a);
    expect(correlationId).toBe('c-8');
  });

  test('a replay that still fails changes nothing and says why', async () => {
    await deliver([message(b, 1, 0), invalid(a, 1, 1), message(a, 2, 2)]);
    await expect(replay(a)).rejects.toThrow('body: Invalid input');
    before = (_subject, version) => {
      if (version === 2) throw new Error('still broken');
    };
    await deliver([invalid(b, 2, 3)]);
    expect(await effects()).toEqual([[b, 1]]);
    expect(await letters()).toHaveLength(3);
  });

  test('discards what can never be read; what queues behind it waits for the replay', async () => {
    await deliver([invalid(a, 1, 0), message(a, 2, 1)]);
    const [bad] = await store.query<{ id: number }>('SELECT id FROM dead_letter ORDER BY id LIMIT 1');
    await discard(bad!.id, 'sent by hand');
    await deliver([message(a, 3, 2)]);
    expect(await letters()).toEqual([
      [a, true, WAITS],
      [a, true, WAITS],
    ]);
    await expect(replay(a)).resolves.toBe(2);
    expect(await effects()).toEqual([
      [a, 2],
      [a, 3],
    ]);
    await expect(store.query('SELECT resolution FROM dead_letter ORDER BY id')).resolves.toEqual([
      { resolution: 'discarded: sent by hand' },
      { resolution: 'replayed' },
      { resolution: 'replayed' },
    ]);
  });

  test('there is nothing to discard twice', async () => {
    await deliver([invalid(a, 1, 0)]);
    const [bad] = await store.query<{ id: number }>('SELECT id FROM dead_letter ORDER BY id LIMIT 1');
    await discard(bad!.id, 'once');
    await expect(discard(bad!.id, 'twice')).rejects.toMatchObject({ problem: 'not-found' });
    await expect(discard(0, 'never')).rejects.toMatchObject({ problem: 'not-found' });
  });

  test('no event of the aggregate slips in while its queue is replayed', async () => {
    before = (_subject, version) => {
      if (version === 1) throw new PermanentError('not yet');
    };
    await deliver([message(a, 1, 0), message(a, 2, 1)]);
    const slow = gate();
    before = (_subject, version) => version === 1 && slow.wait();
    const replaying = replay(a);
    await slow.arrived;
    const delivering = deliver([message(a, 3, 2)]);
    slow.open();
    await Promise.all([replaying, delivering]);
    expect(await effects()).toEqual([
      [a, 1],
      [a, 2],
      [a, 3],
    ]);
    expect(await letters()).toEqual([]);
  });
});

describe('a newer major version', () => {
  const [a, b] = uuids(2) as [string, string];

  test('pauses the partition where it stands, for the upgrade to go on there', async () => {
    const batch = [message(a, 1, 0), newer(b, 1, 1), message(a, 2, 2)];
    await expect(deliver(batch)).resolves.toEqual({ next: 1, pauseMs: 30_000 });
    await expect(deliver(batch)).resolves.toEqual({ next: 1, pauseMs: 30_000 });
    expect(await effects()).toEqual([[a, 1]]);
    expect(await letters()).toEqual([]);

    // The upgrade knows it.
    await deliver([message(b, 1, 1), message(a, 2, 2)], TOPIC, createInbox({ store, readers, logger }));
    expect(await effects()).toEqual([
      [a, 1],
      [b, 1],
      [a, 2],
    ]);
  });
});

describe('contacts', () => {
  const contact = (customerId: string, email: string | null, offset: number): IncomingMessage => ({
    offset,
    key: customerId,
    headers: { ce_id: randomUUID(), ce_time: new Date().toISOString() },
    value: email && JSON.stringify({ email, locale: 'ko' }),
  });
  const contacts = () => store.query('SELECT * FROM contact ORDER BY customer_id');

  test('the last one counts, and a tombstone forgets the person', async () => {
    const batch = [
      contact('kim', 'kim@example.com', 3),
      contact('lee', 'lee@example.com', 4),
      contact('kim', 'kim@new.example.com', 9),
      contact('lee', null, 12),
      contact('park', null, 13),
    ];
    await expect(deliver(batch, CONTACTS_TOPIC)).resolves.toEqual({ next: 14 });
    expect(await contacts()).toEqual([{ customer_id: 'kim', email: 'kim@new.example.com' }]);
  });

  test('one that breaks the contract is set aside', async () => {
    await deliver([contact('kim', 'nowhere', 0), contact('lee', 'lee@example.com', 1)], CONTACTS_TOPIC);
    expect(await contacts()).toEqual([{ customer_id: 'lee', email: 'lee@example.com' }]);
    expect(await letters()).toEqual([['kim', false, expect.stringContaining('email') as string]]);
  });
});

test("the feeder of the services' tests plays the broker", async () => {
  const [a] = uuids(1) as [string];
  const feed = feeder(inbox);
  const once = message(a, 1, 0);
  await feed(once, once, message(a, 2, 0), invalid(a, 3, 0));
  expect(await effects()).toEqual([
    [a, 1],
    [a, 2],
  ]);
  expect(await letters()).toHaveLength(1);
});
