import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { myPageItem } from '@outerpark/contracts/http/mypage';
import fc from 'fast-check';
import { readers } from './fold';
import { migrations } from '../persistence/migrations';
import { openSqlite, type SqliteStore } from '../persistence/sqlite-store';
import { seeMyPage } from '../use-cases/see-my-page';
import { at, lines, newIds, seatsReserved, told, wholeStory, type Told } from '../../test/story';

let dir: string;
let store: SqliteStore;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mypage-fold-'));
  store = await openSqlite(join(dir, 'fold.sqlite'), migrations);
});

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** Without the inbox: the fold itself has to bear every order and repetition. */
async function folded(story: Told[]): Promise<void> {
  for (const { topic, message } of story) {
    const reading = readers[topic](message);
    if (reading.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(reading)}`);
    await store.transact((tx) => reading.apply(tx));
  }
}

async function onlyItem(customerId: string): Promise<MyPageItem> {
  const { items } = await seeMyPage(store, customerId, { limit: 50 });
  expect(items).toHaveLength(1);
  return items[0]!;
}

/** A customer of its own for each story, so that all of them fit in one file. */
const newStory = () => {
  const customerId = randomUUID();
  const ids = newIds(customerId);
  return { customerId, ids, story: wholeStory(ids) };
};

const withoutId = ({ id: _, ...item }: MyPageItem) => item;

describe('the fold', () => {
  test('tells the whole story', async () => {
    const { customerId, ids, story } = newStory();
    await folded(story);

    const item = await onlyItem(customerId);
    expect(myPageItem.parse(item)).toEqual(item);
    expect(item).toMatchObject({
      id: ids.reservationId,
      musical: '김종욱 찾기',
      lines,
      seats: 2,
      price: 300_000,
      status: 'cancelled',
      version: 4,
      paymentDeadline: at(1000),
      payment: { status: 'cancelled', refunded: 300_000, url: null, reason: null, expectedAt: null },
      notifications: [
        { kind: 'confirmed', status: 'sent', at: at(7) },
        { kind: 'refunded', status: 'sent', at: at(10) },
        { kind: 'deferred', status: 'sent', at: at(11) },
      ],
    });
    expect(item.timeline.slice(0, 3)).toEqual([
      { at: at(0), type: 'SeatsReserved', detail: { seats: 2, price: 300_000, paymentDeadline: at(900) } },
      { at: at(1), type: 'PaymentDeferred', detail: { paymentDeadline: at(1000) } },
      { at: at(2), type: 'NotificationFailed', detail: { kind: 'deferred', channel: 'email', reason: 'refused' } },
    ]);
    expect(item.timeline.map((entry) => entry.at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11].map(at));
    expect(item.timeline.find(({ type }) => type === 'SeatsReleased')?.detail).toEqual({ seats: 2 });
  });

  test('gives the same view in whatever order the events come, and each of them twice', async () => {
    const first = newStory();
    await folded(first.story);
    const expected = withoutId(await onlyItem(first.customerId));
    // The two events of one second are ordered by their random ids.
    const comparable = ({ timeline, ...item }: typeof expected) => ({
      ...item,
      timeline: timeline.map((entry) => JSON.stringify(entry)).sort(),
    });

    const positions = [...first.story, ...first.story].map((_, index) => index % first.story.length);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(positions, { minLength: positions.length }), async (order) => {
        const { customerId, story } = newStory();
        await folded(order.map((position) => story[position]!));
        expect(comparable(withoutId(await onlyItem(customerId)))).toEqual(comparable(expected));
      }),
      { numRuns: 100 },
    );
  });

  test('shows a payment as its last event says, and as requested before there is one', async () => {
    const customerId = randomUUID();
    const ids = newIds(customerId);
    const who = { reservationId: ids.reservationId, customerId };
    await folded([seatsReserved(ids)]);
    const seen = [(await onlyItem(customerId)).payment];
    const url = 'https://pay.example/1';
    const payments = [
      told({ type: 'PaymentActionRequired', data: { ...who, url } }, ids.reservationId, 1, 1),
      told({ type: 'PaymentDeclined', data: { ...who, reason: 'expired card' } }, ids.reservationId, 2, 2),
      told(
        { type: 'PaymentDeferred', data: { ...who, paymentDeadline: at(1000), expectedAt: at(700) } },
        ids.reservationId,
        3,
        3,
      ),
      told({ type: 'PaymentDeferred', data: { ...who, paymentDeadline: at(1000) } }, ids.reservationId, 4, 4),
      told({ type: 'PaymentApproved', data: { ...who, amount: 300_000 } }, ids.reservationId, 5, 5),
      told({ type: 'PaymentCancelled', data: { ...who, refunded: 0, after: 'expired' } }, ids.reservationId, 6, 6),
    ];
    for (const payment of payments) {
      await folded([payment]);
      seen.push((await onlyItem(customerId)).payment);
    }
    const plain = { refunded: 0, url: null, reason: null, expectedAt: null };
    expect(seen).toEqual([
      { ...plain, status: 'requested' },
      { ...plain, status: 'action_required', url },
      { ...plain, status: 'declined', reason: 'expired card' },
      { ...plain, status: 'deferred', expectedAt: at(700) },
      { ...plain, status: 'deferred' },
      { ...plain, status: 'approved' },
      { ...plain, status: 'cancelled' },
    ]);
  });

  test('takes the later deadline, whatever was said last', async () => {
    const customerId = randomUUID();
    const ids = newIds(customerId);
    const deferred = (version: number, until: number) =>
      told(
        {
          type: 'PaymentDeferred',
          data: { reservationId: ids.reservationId, customerId, paymentDeadline: at(until) },
        },
        ids.reservationId,
        version,
        version,
      );
    await folded([seatsReserved(ids), deferred(1, 600)]);
    expect((await onlyItem(customerId)).paymentDeadline).toBe(at(900));
    await folded([deferred(3, 1800), deferred(2, 1200)]);
    expect((await onlyItem(customerId)).paymentDeadline).toBe(at(1800));
  });

  test('does not show a reservation of which only other topics have told so far', async () => {
    const { customerId, story } = newStory();
    await folded(story.filter(({ message }) => message.headers.ce_type !== 'SeatsReserved'));
    expect((await seeMyPage(store, customerId, { limit: 50 })).items).toEqual([]);
  });

  test('pages from the newest to the oldest', async () => {
    const customerId = randomUUID();
    // Two at the same time, too.
    const reserved = [0, 1, 1, 2, 3].map((seconds) => seatsReserved(newIds(customerId), seconds));
    await folded([3, 0, 4, 2, 1].map((place) => reserved[place]!));

    const all = (await seeMyPage(store, customerId, { limit: 50 })).items;
    expect(all.map(({ timeline }) => timeline[0]?.at)).toEqual([3, 2, 1, 1, 0].map(at));

    const pages: MyPageItem[][] = [];
    let cursor: string | undefined;
    do {
      const page = await seeMyPage(store, customerId, { limit: 2, cursor });
      pages.push(page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual(all);
  });
});
