import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestStory, reservationStory } from '@outerpark/contracts/http/story';
import { at, newIds, told, wholeStory, type Told } from '../../test/story';
import { readers } from '../messaging/fold';
import { migrations } from '../persistence/migrations';
import { openSqlite, type SqliteStore } from '../persistence/sqlite-store';
import { seeMyPage } from './see-my-page';
import { tellOfRequest, tellOfReservation } from './tell-story';

let dir: string;
let store: SqliteStore;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mypage-story-'));
  store = await openSqlite(join(dir, 'story.sqlite'), migrations);
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

async function folded(story: Told[], correlationid = 'request-1'): Promise<void> {
  for (const { topic, message } of story) {
    const headers = { ...message.headers, ce_source: `outerpark/${topic.split('.')[0]}`, correlationid };
    const reading = readers[topic]({ ...message, headers });
    if (reading.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(reading)}`);
    await store.transact((tx) => reading.apply(tx));
  }
}

test('all that every service told, in order of time, with the reservation as its customer sees it', async () => {
  const ids = newIds();
  const story = wholeStory(ids);
  await folded([...story].reverse());
  await folded(wholeStory(newIds()));

  const told = await tellOfReservation(store, ids.reservationId);
  expect(reservationStory.parse(told)).toEqual(told);
  expect(told).toMatchObject({ customerId: 'alice', asOf: null });
  expect((await seeMyPage(store, 'alice', { limit: 50 })).items).toContainEqual(told.reservation);
  const byTime = ({ message: { headers } }: Told) => `${headers.ce_time} ${headers.ce_id}`;
  const expected = [...story].sort((a, b) => (byTime(a) < byTime(b) ? -1 : 1));
  expect(told.events.map(({ eventId }) => eventId)).toEqual(expected.map(({ message }) => message.headers.ce_id));
  expect(told.events.at(-1)).toEqual({
    eventId: story.at(-1)!.message.headers.ce_id,
    at: at(11),
    type: 'NotificationSent',
    service: 'notification',
    version: 2,
    correlationId: 'request-1',
    detail: { kind: 'deferred', channel: 'email' },
  });
  expect(new Set(told.events.map(({ service }) => service))).toEqual(
    new Set(['reservation', 'payment', 'notification', 'musical']),
  );
});

test('one that came to nothing has a story, and no reservation; of one that never was there is none', async () => {
  const { reservationId, customerId } = newIds();
  await folded([told({ type: 'ReservationAbandoned', data: { reservationId, customerId } }, reservationId, 1, 3)]);
  expect(await tellOfReservation(store, reservationId)).toMatchObject({
    reservation: null,
    customerId: null,
    events: [{ type: 'ReservationAbandoned', at: at(3) }],
  });
  await expect(tellOfReservation(store, newIds().reservationId)).rejects.toMatchObject({ problem: 'not-found' });
});

test('a customer does not read how operators let seats go', async () => {
  const ids = newIds();
  const { reservationId, customerId } = ids;
  await folded(wholeStory(ids));
  await folded([told({ type: 'ReservationAbandoned', data: { reservationId, customerId } }, reservationId, 5, 20)]);
  const { items } = await seeMyPage(store, 'alice', { limit: 50 });
  expect(items[0]!.timeline.map(({ type }) => type)).not.toContain('ReservationAbandoned');
  expect((await tellOfReservation(store, reservationId)).events.at(-1)?.type).toBe('ReservationAbandoned');
});

test('what followed from one request, whatever reservations it was about', async () => {
  const [first, second] = [newIds(), newIds()];
  await folded(wholeStory(first).slice(0, 3), 'request-a');
  await folded(wholeStory(first).slice(3), 'request-b');
  await folded(wholeStory(second).slice(0, 1), 'request-a');
  const told = await tellOfRequest(store, 'request-a');
  expect(requestStory.parse(told)).toEqual(told);
  expect(told.events).toHaveLength(4);
  expect(new Set(told.events.map(({ reservationId }) => reservationId))).toEqual(
    new Set([first.reservationId, second.reservationId]),
  );
  expect(told.more).toBe(false);
  expect(await tellOfRequest(store, 'nobody')).toMatchObject({ events: [], more: false });
});

test('an id without an end is told up to a thousand', async () => {
  await store.query(
    `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1001)
     INSERT INTO timeline SELECT 'event ' || n, 'r', $1, 'PaymentRequested', 'reservation', n, 'same', '{}' FROM n`,
    [at(0)],
  );
  const { events, more } = await tellOfRequest(store, 'same');
  expect([events.length, more]).toEqual([1_000, true]);
});
