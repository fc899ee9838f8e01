import { decodeCursor, encodeCursor, timeAndId } from '@outerpark/chassis/http/paging';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Page, PageQuery } from '@outerpark/contracts/http/paging';
import { itemOf } from '../domain/item';
import { readReservations, viewAsOf } from '../persistence/pages';
import type { SqliteStore } from '../persistence/sqlite-store';

export interface MyPage extends Page<MyPageItem> {
  /** Everything that had happened by then is in the page; undefined while that is not known. */
  asOf: Date | undefined;
}

/** A customer sees the own reservations, newest first, each with its whole story. */
export async function seeMyPage(
  store: Pick<SqliteStore, 'read'>,
  customerId: string,
  { limit, cursor }: PageQuery,
): Promise<MyPage> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, timeAndId);
  // Before the page: it may be newer than it says, never older.
  const asOf = await viewAsOf(store);
  const found = await readReservations(store, customerId, limit + 1, after);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next = found.length > limit && last ? encodeCursor([last.reservedAt, last.reservation.id]) : null;
  return { items: shown.map(itemOf), next, asOf };
}
