import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';

/** How the page hears of changes: `polling` when the stream cannot be had, `offline` when nothing can. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'offline';

/** What is known of the customer's reservations. */
export interface Known {
  /** Newest first; null until the first answer. */
  items: MyPageItem[] | null;
  /** Cursor of the page after the oldest item. */
  next: string | null;
  /** Everything that happened up to then is shown. */
  asOf: string | null;
  connection: Connection;
}

export interface FirstPage {
  items: MyPageItem[];
  next: string | null;
  asOf: string | null;
}

export type News =
  /** The first page as it is now, from the stream or by polling. */
  | { type: 'snapshot'; page: FirstPage; by: 'live' | 'polling' }
  | { type: 'changed'; item: MyPageItem; asOf: string | null }
  | { type: 'older'; items: MyPageItem[]; next: string | null }
  /** The API's answer to an action, ahead of the events. */
  | { type: 'answered'; reservation: Reservation }
  | { type: 'lost'; reachable: boolean }
  | { type: 'paused' };

export const NOTHING_KNOWN: Known = { items: null, next: null, asOf: null, connection: 'connecting' };

export const learn = (known: Known, news: News): Known => {
  const items = known.items ?? [];
  switch (news.type) {
    case 'snapshot': {
      const fresh = news.page.items.map((item) => merged(find(items, item.id), item));
      const older = items.filter(({ id }) => !find(news.page.items, id));
      // With older pages below, the cursor is still that of the last of them.
      const next = older.length > 0 ? known.next : news.page.next;
      return { items: [...fresh, ...older], next, asOf: news.page.asOf, connection: news.by };
    }
    case 'changed':
      return { ...known, items: placed(items, news.item), asOf: news.asOf ?? known.asOf };
    case 'older':
      return { ...known, items: [...items, ...news.items.filter(({ id }) => !find(items, id))], next: news.next };
    case 'answered': {
      const { id } = news.reservation;
      return {
        ...known,
        items: known.items?.map((item) => (item.id === id ? answered(item, news.reservation) : item)) ?? null,
      };
    }
    case 'lost':
      return { ...known, connection: news.reachable ? 'reconnecting' : 'offline' };
    case 'paused':
      return { ...known, connection: 'connecting' };
  }
};

const find = (items: MyPageItem[], id: string): MyPageItem | undefined => items.find((item) => item.id === id);

const placed = (items: MyPageItem[], item: MyPageItem): MyPageItem[] =>
  find(items, item.id) ? items.map((other) => (other.id === item.id ? merged(other, item) : other)) : [item, ...items];

/** The events may come behind an answer: what they say of the reservation counts from its version on. */
const merged = (known: MyPageItem | undefined, item: MyPageItem): MyPageItem =>
  known && known.version > item.version
    ? { ...item, status: known.status, paymentDeadline: known.paymentDeadline, version: known.version }
    : item;

const answered = (item: MyPageItem, { status, paymentDeadline, version }: Reservation): MyPageItem =>
  version > item.version ? { ...item, status, paymentDeadline, version } : item;
