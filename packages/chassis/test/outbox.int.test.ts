import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@outerpark/contracts/events';
import { runInContext } from '../src/context';
import { createOutbox } from '../src/messaging/outbox';
import { isDuplicate } from '../src/postgres/failures';
import { abandoned, openStore, type TestStore } from './support/store';

let store: TestStore;
let end: () => Promise<void>;
beforeAll(async () => {
  [store, end] = await openStore();
});
afterAll(() => end());
beforeEach(() => store.query('TRUNCATE outbox'));

const wake = jest.fn();
beforeEach(() => wake.mockClear());
const outbox = createOutbox({ source: 'outerpark/test', wake });
const time = new Date('2026-11-23T10:00:00.123Z');
const subject = randomUUID();
const rows = (columns: string) => store.query(`SELECT ${columns} FROM outbox ORDER BY seq`);

test('events stand in the outbox as they will travel, in their order', async () => {
  const context = { correlationId: 'c-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const approved: DomainEvent<'PaymentDeclined'> = {
    type: 'PaymentDeclined',
    data: { reservationId: subject, customerId: '김 "quoted" \\ {braces}, NULL', reason: 'no\nmoney \u0000' },
  };
  await runInContext(context, () =>
    store.transact((tx) => outbox.append(tx, subject, 4, [approved, abandoned(subject)], time)),
  );

  const written = await store.query<{ headers: Record<string, string>; body: string }>(
    'SELECT * FROM outbox ORDER BY seq',
  );
  expect(written).toMatchObject([
    { topic: 'payment.events', subject, version: 4, published_at: null },
    { topic: 'reservation.events', subject, version: 5, published_at: null },
  ]);
  expect(written[0]!.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    ce_type: 'PaymentDeclined',
    ce_source: 'outerpark/test',
    ce_time: '2026-11-23T10:00:00.123Z',
    ce_subject: subject,
    'content-type': 'application/json',
    correlationid: 'c-1',
    traceparent: context.traceparent,
  });
  expect(JSON.parse(written[0]!.body)).toEqual({ schemaVersion: 1, version: 4, data: approved.data });
});

test('the relay is woken after the commit', async () => {
  await store.transact((tx) => {
    outbox.append(tx, subject, 1, [abandoned(subject)], time);
    expect(wake).not.toHaveBeenCalled();
  });
  expect(wake).toHaveBeenCalledTimes(1);
});

test('of a transaction that rolls back nothing is left, and nobody is woken (I7)', async () => {
  const work = store.transact((tx) => {
    outbox.append(tx, subject, 1, [abandoned(subject)], time);
    throw new Error('refused');
  });
  await expect(work).rejects.toThrow('refused');
  await expect(rows('seq')).resolves.toEqual([]);
  expect(wake).not.toHaveBeenCalled();
});

test('an aggregate has each version once', async () => {
  await store.transact((tx) => outbox.append(tx, subject, 1, [abandoned(subject), abandoned(subject)], time));
  const again: unknown = await store
    .transact((tx) => outbox.append(tx, subject, 2, [abandoned(subject)], time))
    .catch((error: unknown) => error);
  expect(isDuplicate(again)).toBe(true);
  await store.transact((tx) => outbox.append(tx, subject, 3, [abandoned(subject)], time));
  await expect(rows('version')).resolves.toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
});

test('what breaks its contract takes its transaction with it, and so do unknown fields: they stay at home', async () => {
  const broken = { type: 'ReservationAbandoned', data: { reservationId: 'no uuid', customerId: 'kim' } } as const;
  await expect(store.transact((tx) => outbox.append(tx, subject, 1, [broken], time))).rejects.toThrow('Invalid UUID');

  const secret = { type: 'ReservationAbandoned', data: { ...abandoned(subject).data, card: '4111' } } as DomainEvent;
  await store.transact((tx) => outbox.append(tx, subject, 1, [secret], time));
  const [row] = await store.query<{ body: string }>('SELECT body FROM outbox');
  expect(row!.body).not.toContain('4111');
});

test('what is too large for the broker is refused while it still can be', async () => {
  const event: DomainEvent = {
    type: 'PaymentDeclined',
    data: { reservationId: subject, customerId: 'kim', reason: 'x'.repeat(1_000_000) },
  };
  await expect(store.transact((tx) => outbox.append(tx, subject, 1, [event], time))).rejects.toThrow('too large');
});

test('deciding nothing writes nothing', async () => {
  await store.transact((tx) => outbox.append(tx, subject, 1, [], time));
  await expect(rows('seq')).resolves.toEqual([]);
  expect(wake).not.toHaveBeenCalled();
});

test('contacts have no version; null forgets the person; what breaks the contract is refused', async () => {
  await store.transact((tx) => outbox.appendContact(tx, 'kim', { email: 'kim@example.com', locale: 'ko' }, time));
  await store.transact((tx) => outbox.appendContact(tx, 'kim', null, time));
  await expect(rows('topic, subject, version, body')).resolves.toEqual([
    { topic: 'customer.contacts', subject: 'kim', version: null, body: '{"email":"kim@example.com","locale":"ko"}' },
    { topic: 'customer.contacts', subject: 'kim', version: null, body: null },
  ]);
  const nowhere = { email: 'nowhere', locale: 'ko' } as const;
  await expect(store.transact((tx) => outbox.appendContact(tx, 'kim', nowhere, time))).rejects.toThrow('email');
});
