import type { DomainEvent, RecordedEvent } from '@outerpark/contracts/events';
import { randomUUID } from 'node:crypto';
import type { Tx } from '../postgres/store';
import { messageOf } from '../testing/messages';
import { contactReader, eventReader, instantOf } from './reading';

const tx = {} as Tx;
const reservationId = randomUUID();
const abandoned: DomainEvent<'ReservationAbandoned'> = {
  type: 'ReservationAbandoned',
  data: { reservationId, customerId: 'kim' },
};
const message = (overrides: Partial<Parameters<typeof messageOf>[1]> = {}) =>
  messageOf(abandoned, { subject: reservationId, version: 3, ...overrides });

describe('eventReader', () => {
  const handled: RecordedEvent[] = [];
  beforeEach(() => handled.splice(0));
  const read = eventReader({
    ReservationAbandoned: (_tx, event) => {
      handled.push(event);
      return Promise.resolve();
    },
  });

  test('gives an event whole to its handler', async () => {
    const time = new Date('2026-11-23T10:00:00.123Z');
    const reading = read(message({ time, headers: { ce_id: 'an-id', correlationid: 'c-1' } }));
    if (reading.kind !== 'event') throw new Error(`read as ${reading.kind}`);
    expect(reading).toMatchObject({ id: 'an-id', type: 'ReservationAbandoned', correlationId: 'c-1' });
    await reading.apply(tx);
    expect(handled).toEqual([
      {
        id: 'an-id',
        type: 'ReservationAbandoned',
        source: 'outerpark/test',
        time: '2026-11-23T10:00:00.123Z',
        subject: reservationId,
        version: 3,
        schemaVersion: 1,
        correlationId: 'c-1',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        data: abandoned.data,
      },
    ]);
  });

  test('ignores fields that it does not know, around and in the data', async () => {
    const body = { schemaVersion: 1, version: 1, newField: 1, data: { ...abandoned.data, newer: { deep: true } } };
    const reading = read(message({ value: JSON.stringify(body) }));
    if (reading.kind !== 'event') throw new Error(`read as ${reading.kind}`);
    await reading.apply(tx);
    expect(handled[0]!.data).toEqual(abandoned.data);
  });

  test('ignores types that nobody knows, and those that it has no interest in, whatever is in them', () => {
    expect(read(message({ headers: { ce_type: 'SeatsPainted' } }))).toEqual({ kind: 'ignored' });
    expect(read(message({ headers: { ce_type: 'toString' } }))).toEqual({ kind: 'ignored' });
    expect(read(message({ headers: { ce_type: 'PaymentApproved' }, value: 'not JSON' }))).toEqual({ kind: 'ignored' });
  });

  test('leaves a newer major version to an upgrade, even if the data would not do', () => {
    const value = JSON.stringify({ schemaVersion: 2, version: 1, data: { all: 'different' } });
    expect(read(message({ value }))).toEqual({
      kind: 'newer',
      reason: 'ReservationAbandoned of schema 2, known is 1',
    });
  });

  const bodyWith = (change: object) =>
    JSON.stringify({ schemaVersion: 1, version: 1, data: abandoned.data, ...change });
  test.each([
    ['is empty', ''],
    ['is no JSON', '{"schemaVersion":1,'],
    ['is no object', '42'],
    ['is null', 'null'],
    ['has no data', bodyWith({ data: undefined })],
    ['has no version', bodyWith({ version: undefined })],
    ['has version 0', bodyWith({ version: 0 })],
    ['has data of another shape', bodyWith({ data: { reservationId: 'no uuid', customerId: 'kim' } })],
    ['lacks a field', bodyWith({ data: { reservationId } })],
  ])('a body that %s breaks the contract', (_, value) => {
    const reading = read(message({ value }));
    expect(reading).toMatchObject({ kind: 'invalid' });
    expect((reading as { reason: string }).reason).not.toBe('');
  });

  test('the reason tells where and what', () => {
    const reading = read(message({ value: bodyWith({ data: { reservationId: 'x', customerId: 'kim' } }) }));
    expect(reading).toMatchObject({ reason: 'reservationId: Invalid UUID' });
  });

  test('a tombstone is no event', () => {
    expect(read({ ...message(), value: null })).toMatchObject({ kind: 'invalid' });
  });

  test.each(['ce_id', 'ce_type', 'ce_time'])('without %s a message is no event', (name) => {
    const { [name]: _, ...headers } = message().headers;
    expect(read({ ...message(), headers })).toMatchObject({ kind: 'invalid' });
  });

  test('nor with a time that is none', () => {
    expect(read(message({ headers: { ce_time: 'tomorrow' } }))).toMatchObject({ kind: 'invalid' });
  });
});

describe('contactReader', () => {
  const remembered: unknown[] = [];
  beforeEach(() => remembered.splice(0));
  const read = contactReader((_tx, customerId, contact) => {
    remembered.push([customerId, contact]);
    return Promise.resolve();
  });
  const contactOf = (value: string | null, headers: Record<string, string> = {}) =>
    read({ offset: 7, key: 'kim', headers, value });

  test('reads a contact, and null as the wish to be forgotten', async () => {
    for (const value of [JSON.stringify({ email: 'kim@example.com', locale: 'ko', more: 1 }), null]) {
      const reading = contactOf(value, { ce_id: 'an-id' });
      if (reading.kind !== 'event') throw new Error(`read as ${reading.kind}`);
      expect(reading.id).toBe('an-id');
      await reading.apply(tx);
    }
    expect(remembered).toEqual([
      ['kim', { email: 'kim@example.com', locale: 'ko' }],
      ['kim', null],
    ]);
  });

  test('needs no headers: its place is then its id', () => {
    expect(contactOf(null)).toMatchObject({ kind: 'event', id: 'kim@7', time: '1970-01-01T00:00:00.000Z' });
  });

  test.each(['', 'null', '{}', '{"email":"nowhere","locale":"ko"}', '{"email":"a@example.com","locale":"fr"}'])(
    '%p is no contact',
    (value) => {
      expect(contactOf(value)).toMatchObject({ kind: 'invalid' });
    },
  );
});

test.each([
  ['2026-11-23T10:00:00Z', '2026-11-23T10:00:00.000Z'],
  ['2026-11-23T19:00:00.5+09:00', '2026-11-23T10:00:00.500Z'],
  ['0000-01-01T00:00:00Z', undefined],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ['+010000-01-01T00:00:00.000Z', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('the instant of %p is %p', (text, instant) => {
  expect(instantOf(text)).toBe(instant);
});
