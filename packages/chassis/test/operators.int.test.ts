import { randomUUID } from 'node:crypto';
import { processReport } from '@outerpark/contracts/http/system';
import type { AttentionItem, DeadLetter, DeadLetterCause, OperatorAction } from '@outerpark/contracts/http/operators';
import type { Page } from '@outerpark/contracts/http/paging';
import { Router } from 'express';
import request from 'supertest';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PermanentError, problem, TransientError } from '../src/errors';
import { createHttpApp } from '../src/http/app';
import { createBreaker } from '../src/http/breaker';
import type { Checks } from '../src/http/health';
import { CREATE_IDEMPOTENCY_KEY } from '../src/http/idempotency-store';
import { createInbox, type Inbox } from '../src/messaging/inbox';
import { eventReader } from '../src/messaging/reading';
import { measureMessaging } from '../src/messaging/metrics';
import { createMetrics, type Metrics } from '../src/metrics';
import type { AttentionKind } from '../src/operators/attention';
import { withOperators } from '../src/operators/operators';
import { feeder, messageOf } from '../src/testing/messages';
import { abandoned, logger, openStore, uuids, writeEvents, type TestStore } from './support/store';

class CreateThing1790000009000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`CREATE TABLE thing (id text, since timestamptz, last_error text)`);
    await runner.query(`CREATE TABLE effect (subject text, version int)`);
    await runner.query(CREATE_IDEMPOTENCY_KEY);
  }
  down = () => Promise.resolve();
}

const MINUTE = 60_000;
const before = (ms: number) => new Date(Date.now() - ms);

let store: TestStore;
let end: () => Promise<void>;
let app: ReturnType<typeof createHttpApp>;
let metrics: Metrics;
let inbox: Inbox;
let ready: Checks;
let broken: ((subject: string, version: number) => unknown) | undefined;

beforeAll(async () => {
  [store, end] = await openStore([CreateThing1790000009000]);
});
afterAll(() => end());

beforeEach(async () => {
  await store.query(
    'TRUNCATE thing, effect, outbox, inbox, dead_letter, consumer_offset, operator_action, idempotency_key',
  );
  broken = undefined;
  const readers = {
    'reservation.events': eventReader({
      ReservationAbandoned: async (tx, { subject, version }) => {
        broken?.(subject, version);
        await tx.query('INSERT INTO effect (subject, version) VALUES ($1, $2)', [subject, version]);
      },
    }),
  };
  inbox = createInbox({ store, readers, logger });
  metrics = createMetrics('test');
  ready = { database: () => store.query('SELECT 1') };
  const kind = (name: string): AttentionKind => ({
    kind: name,
    limitMs: MINUTE,
    sql: `SELECT id AS subject, since, last_error AS "lastError" FROM thing WHERE since < $1 AND id LIKE '%${name}%'`,
    what: ({ subject }) => `${String(subject)} is late.`,
    actions: ['mend'],
  });
  const routes = withOperators(Router(), {
    service: 'test',
    config: { stalledAfterMs: MINUTE },
    ...{ store, now: () => new Date(), metrics, ready, readers },
    kinds: [kind('cat'), kind('dog')],
    actions: {
      cat: {
        mend: async (tx, subject) => {
          const rows = await tx.query('DELETE FROM thing WHERE id = $1 RETURNING id', [subject]);
          if (subject === 'cat-away') throw new TransientError('the store is away');
          if (rows.length === 0) throw problem('nothing-to-do', 'Nothing is wrong with it');
          return 'mended';
        },
      },
    },
  });
  const verify = (token: string) =>
    Promise.resolve({ customerId: 'root', roles: token === 'admin' ? ['admin'] : ['customer'], token });
  app = createHttpApp({ logger, metrics, ready: {}, routes, verify: verify as never });
});

const get = async <T>(path: string): Promise<T> =>
  (await request(app).get(path).auth('admin', { type: 'bearer' }).expect(200)).body as T;
const post = (path: string, body: object = { reason: 'told to' }, key: string = randomUUID()) =>
  request(app).post(path).auth('admin', { type: 'bearer' }).set('Idempotency-Key', key).send(body);
const thing = (id: string, since: Date, error: string | null = null) =>
  store.query('INSERT INTO thing VALUES ($1, $2, $3)', [id, since, error]);
const kinds = async () => (await get<Page<AttentionItem>>('/api/admin/attention')).items.map(({ kind }) => kind);
const trail = async () =>
  (await get<Page<OperatorAction>>('/api/admin/actions')).items.map(
    ({ operator, action, kind, subject, reason, outcome }) => [operator, action, kind, subject, reason, outcome],
  );

describe('attention', () => {
  const topicsAtTheirEnd = () =>
    store.query(
      `INSERT INTO consumer_offset (topic, partition, at_end_at) SELECT 'reservation.events', generate_series(0, 11), now()`,
    );

  test('lists what is past its time, oldest first, page by page, each once', async () => {
    await topicsAtTheirEnd();
    const same = before(5 * MINUTE);
    await thing('dog-b', same);
    await thing('cat-b', same);
    await thing('a-dog', same);
    await thing('cat-a', same, 'no food');
    await thing('dog-a', before(9 * MINUTE));
    await thing('cat-young', before(MINUTE / 2));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<AttentionItem> = await get(`/api/admin/attention?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ subject }) => subject));
      cursor = page.next;
    }
    expect(seen).toEqual(['dog-a', 'cat-a', 'cat-b', 'a-dog', 'dog-b']);
    expect((await get<Page<AttentionItem>>('/api/admin/attention')).items[1]).toEqual({
      service: 'test',
      kind: 'cat',
      subject: 'cat-a',
      since: same.toISOString(),
      what: 'cat-a is late.',
      lastError: 'no food',
      actions: ['mend'],
    });
  });

  test('is measured by kind: how many, and for how long', async () => {
    await topicsAtTheirEnd();
    await thing('dog-a', before(9 * MINUTE));
    await thing('dog-b', before(2 * MINUTE));
    const read = await metrics.metrics();
    expect(read).toMatch(/^attention_items\{kind="dog",service="test"\} 2$/m);
    expect(read).toMatch(/^attention_items\{kind="cat",service="test"\} 0$/m);
    expect(Number(/^attention_oldest_seconds\{kind="dog".*\} (\S+)$/m.exec(read)![1])).toBeGreaterThanOrEqual(540);
  });

  test('shows an outbox that does not get rid of its events after a minute', async () => {
    await topicsAtTheirEnd();
    await writeEvents(store, randomUUID(), [1, 2]);
    expect(await kinds()).toEqual([]);
    await store.query(`UPDATE outbox SET created_at = now() - interval '61 seconds' WHERE version = 1`);
    const [item] = (await get<Page<AttentionItem>>('/api/admin/attention')).items;
    expect(item).toMatchObject({ kind: 'outbox', what: '2 events have not reached the broker.' });
    await store.query('UPDATE outbox SET published_at = now()');
    expect(await kinds()).toEqual([]);
  });

  test('shows a topic whose partitions were not seen at their end for a minute', async () => {
    await topicsAtTheirEnd();
    expect(await kinds()).toEqual([]);
    await store.query(`UPDATE consumer_offset SET at_end_at = now() - interval '61 seconds' WHERE partition > 9`);
    const [item] = (await get<Page<AttentionItem>>('/api/admin/attention')).items;
    expect(item).toMatchObject({
      kind: 'consumer',
      subject: 'reservation.events',
      what: '2 of 12 partitions of reservation.events are not read to their end.',
    });
  });

  test('is for admins only', async () => {
    for (const path of ['attention', 'actions', 'dead-letters', 'dead-letters/causes']) {
      await request(app).get(`/api/admin/${path}`).expect(401);
      await request(app).get(`/api/admin/${path}`).auth('customer', { type: 'bearer' }).expect(403);
    }
    const act = request(app).post('/api/admin/attention/cat/cat-a/mend').auth('customer', { type: 'bearer' });
    await act.send({ reason: 'mine' }).expect(403);
    expect(await trail()).toEqual([]);
  });
});

describe('an action', () => {
  test('has its effect and is written down with who, what and why, once under its key', async () => {
    await thing('cat-a', before(5 * MINUTE));
    const key = randomUUID();
    for (let times = 0; times < 2; times++) {
      const { body } = await post('/api/admin/attention/cat/cat-a/mend', { reason: 'a call' }, key).expect(200);
      expect(body).toEqual({ kind: 'cat', subject: 'cat-a', action: 'mend', outcome: 'mended' });
    }
    expect(await store.query('SELECT id FROM thing')).toEqual([]);
    expect(await trail()).toEqual([['root', 'mend', 'cat', 'cat-a', 'a call', 'mended']]);
  });

  test('that is refused is written down too, and has no effect', async () => {
    const refused = await post('/api/admin/attention/cat/cat-a/mend').expect(409);
    expect(refused.body).toMatchObject({ type: 'urn:outerpark:problem:nothing-to-do' });
    expect(await trail()).toEqual([['root', 'mend', 'cat', 'cat-a', 'told to', 'refused: Nothing is wrong with it']]);
  });

  test('that the store could not carry out leaves nothing, neither effect nor line', async () => {
    await thing('cat-away', before(5 * MINUTE));
    await post('/api/admin/attention/cat/cat-away/mend').expect(503);
    expect(await store.query('SELECT id FROM thing')).toEqual([{ id: 'cat-away' }]);
    expect(await trail()).toEqual([]);
  });

  test.each(['dog/dog-a/mend', 'cat/cat-a/feed', 'constructor/a/toString'])('%s is none', async (action) => {
    await post(`/api/admin/attention/${action}`).expect(404);
  });

  test('needs a reason', async () => {
    await post('/api/admin/attention/cat/cat-a/mend', {}).expect(400);
    await post('/api/admin/attention/cat/cat-a/mend', { reason: ' ' }).expect(400);
  });
});

describe('dead letters', () => {
  const [a, b, c] = uuids(3) as [string, string, string];
  const effects = () => store.query('SELECT subject, version FROM effect ORDER BY version, subject');
  const letters = async () => (await get<Page<DeadLetter>>('/api/admin/dead-letters')).items;
  const causes = async () => (await get<{ items: DeadLetterCause[] }>('/api/admin/dead-letters/causes')).items;
  const feed = (...events: [string, number][]) =>
    feeder(inbox)(...events.map(([subject, version]) => messageOf(abandoned(subject), { subject, version })));

  beforeEach(async () => {
    broken = (subject, version) => {
      if (version < 8) throw new PermanentError(`${subject} has no seat ${version}`);
      if (version === 8) throw new PermanentError('the hall is closed');
    };
    await feed([a, 1], [a, 10], [b, 2], [c, 8]);
  });

  test('are listed, and grouped by what they failed of: ids and numbers do not count', async () => {
    const [first, behind, second, other] = await letters();
    expect(first).toMatchObject({
      service: 'test',
      id: 'reservation.events-0-0',
      aggregate: a,
      type: 'ReservationAbandoned',
      reason: `PermanentError: ${a} has no seat 1`,
      queued: false,
    });
    expect(behind).toMatchObject({ id: 'reservation.events-0-1', queued: true });
    expect(second!.cause).toBe(first!.cause);
    expect(other!.cause).not.toBe(first!.cause);
    expect(await causes()).toMatchObject([
      { cause: first!.cause, aggregates: 2, events: 3 },
      { cause: other!.cause, aggregates: 1, events: 1 },
    ]);
    const attention = (await get<Page<AttentionItem>>('/api/admin/attention')).items;
    expect(attention.filter(({ kind }) => kind === 'dead-letter')).toHaveLength(2);
  });

  test('one is replayed with what waits behind it', async () => {
    broken = undefined;
    const { body } = await post('/api/admin/dead-letters/reservation.events-0-0/replay').expect(200);
    expect(body).toEqual({ service: 'test', replayed: 2, failed: [] });
    expect(await effects()).toEqual([
      { subject: a, version: 1 },
      { subject: a, version: 10 },
    ]);
    expect((await letters()).map(({ aggregate }) => aggregate)).toEqual([b, c]);
    expect(await trail()).toEqual([
      ['root', 'replay', 'dead-letter', `reservation.events/${a}`, 'told to', 'replayed 2 events'],
    ]);
  });

  test('of a group one that fails again says why and stays as it was; the others go on', async () => {
    const { cause } = (await causes())[0]!;
    broken = (_subject, version) => {
      if (version === 10) throw new Error('still closed');
    };
    const { body } = await post(`/api/admin/dead-letters/causes/${cause}/replay`).expect(200);
    const failed = [{ topic: 'reservation.events', aggregate: a, why: 'still closed' }];
    expect(body).toEqual({ service: 'test', replayed: 1, failed });
    expect(await effects()).toEqual([{ subject: b, version: 2 }]);
    expect((await letters()).map(({ aggregate }) => aggregate)).toEqual([a, a, c]);
    expect((await trail()).map(([, , , subject, , outcome]) => [subject, outcome])).toEqual([
      [`reservation.events/${b}`, 'replayed 1 events'],
      [`reservation.events/${a}`, 'failed: still closed'],
    ]);
  });

  test('one is discarded with a reason; what waits behind it waits for a replay', async () => {
    await post('/api/admin/dead-letters/reservation.events-0-0/discard', { reason: 'sent by hand' }).expect(200);
    expect((await letters()).map(({ aggregate, queued }) => [aggregate, queued])).toEqual([
      [a, true],
      [b, false],
      [c, false],
    ]);
    expect(await store.query('SELECT resolution FROM dead_letter WHERE resolved_at IS NOT NULL')).toEqual([
      { resolution: 'discarded: sent by hand' },
    ]);
    expect(await trail()).toMatchObject([
      ['root', 'discard', 'dead-letter', 'reservation.events-0-0', 'sent by hand', 'discarded'],
    ]);
    await post('/api/admin/dead-letters/reservation.events-0-0/discard').expect(404);
  });

  test.each(['reservation.events-0-99', 'nothing', 'payment.events-0-0'])('there is no %s', async (id) => {
    await post(`/api/admin/dead-letters/${id}/replay`).expect(404);
    await post(`/api/admin/dead-letters/${id}/discard`).expect(404);
    await post(`/api/admin/dead-letters/causes/${id}/replay`).expect(404);
  });

  test('are listed page by page', async () => {
    const first = await get<Page<DeadLetter>>('/api/admin/dead-letters?limit=3');
    const rest = await get<Page<DeadLetter>>(`/api/admin/dead-letters?cursor=${first.next}`);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(
      [0, 1, 2, 3].map((n) => `reservation.events-0-${n}`),
    );
    expect(rest.next).toBeNull();
  });
});

describe('the system report', () => {
  const report = async () => processReport.strict().parse(await get('/api/admin/system'));

  test('is that of a process that is well', async () => {
    expect(await report()).toEqual({
      service: 'test',
      ready: true,
      uptimeSeconds: expect.any(Number) as number,
      breakers: [],
      consumers: [],
      eventLoopDelaySeconds: expect.any(Number) as number,
    });
  });

  test('tells of breakers, consumers and the outbox', async () => {
    const ends = new Map([['reservation.events' as const, [5, 0, 2]]]);
    const health = () => ({ joined: true, assigned: [], paused: [] });
    measureMessaging(metrics, store, { health, ends: () => ends, stop: () => Promise.resolve() });
    await writeEvents(store, randomUUID(), [1]);
    await store.query(`UPDATE outbox SET created_at = now() - interval '90 seconds'`);
    await store.query(
      `INSERT INTO consumer_offset (topic, partition, next_offset, at_end_at)
       VALUES ('reservation.events', 0, 1, now() - interval '30 seconds'), ('reservation.events', 2, 2, now())`,
    );
    const breaker = createBreaker('provider', () => Promise.reject(new Error('down')), {
      ...{ timeoutMs: 1_000, volumeThreshold: 1, metrics },
    });
    await expect(breaker.fire()).rejects.toThrow('down');

    const { breakers, consumers, outbox } = await report();
    expect(breakers).toEqual([{ name: 'provider', state: 'open' }]);
    expect(consumers).toMatchObject([{ topic: 'reservation.events', lag: 4 }]);
    expect(Math.round(consumers[0]!.behindSeconds!)).toBeGreaterThanOrEqual(30);
    expect(outbox!.oldestSeconds).toBeGreaterThanOrEqual(90);
    breaker.close();
  });

  test('says what is not ready, and does not wait for it', async () => {
    Object.assign(ready, {
      database: () => new Promise(() => undefined),
      view: () => {
        throw new Error('catching up');
      },
    });
    expect(await report()).toMatchObject({
      ready: false,
      notReady: 'database: no answer in 2000 ms; view: catching up',
    });
  });

  test('is for admins', async () => {
    await request(app).get('/api/admin/system').expect(401);
    await request(app).get('/api/admin/system').auth('customer', { type: 'bearer' }).expect(403);
  });
});
