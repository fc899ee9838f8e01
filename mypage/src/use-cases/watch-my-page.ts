import { problem } from '@outerpark/chassis/errors';
import type { Logger } from '@outerpark/chassis/logger';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { pageQuery } from '@outerpark/contracts/http/paging';
import { itemOf } from '../domain/item';
import { createQueue } from '../in-turn';
import { readOwners, readReservationsById, viewAsOf } from '../persistence/pages';
import type { SqliteStore } from '../persistence/sqlite-store';
import { seeMyPage, type MyPage } from './see-my-page';

/** A reservation as it is now, after something happened to it. */
export interface Change {
  item: MyPageItem;
  /** Everything that had happened by then is in the item; undefined while that is not known. */
  asOf: Date | undefined;
  /** When the first of what this tells happened: UTC, ISO 8601. */
  since: string;
}

/** Somebody who watches a customer's page. */
export interface Watcher {
  change(change: Change): void;
  /** Nothing comes any more. Whoever wants to go on begins anew, with the page as it is then. */
  end(): void;
}

export interface Watch {
  /**
   * The customer's page as it is now; every later change goes to the watcher, none is missed, none comes twice, none is older
   * than the page. Throws `service-unavailable` when there are as many watchers as this process bears, and once it is closed.
   */
  begin(customerId: string, watcher: Watcher): Promise<{ page: MyPage; leave(): void }>;
  /** To be called after the commit of each event of a reservation. */
  changed(reservationId: string, time: string): void;
  watchers(): number;
  /** Ends all watchers: what they were shown may not hold any more. */
  endAll(): void;
  /** The same, and nobody may begin any more. */
  close(): void;
}

interface WatchOptions {
  store: Pick<SqliteStore, 'read'>;
  /** As many watchers as this process bears. */
  most: number;
  logger: Logger;
}

/** Tells customers who watch their page what changes, as soon as it is committed. It lives in the process that folds. */
export function createWatch({ store, most, logger }: WatchOptions): Watch {
  const watching = new Map<string, Set<Watcher>>();
  let count = 0;
  /** Reservation -> the time of its first event that was not told yet. Once it is not empty, a telling is in the queue. */
  let untold = new Map<string, string>();
  let closed = false;
  // Pages and changes are read one after the other, so that nobody is told what is older than what was shown before.
  const inTurn = createQueue();

  const add = (customerId: string, watcher: Watcher) => {
    const own = watching.get(customerId);
    if (own) own.add(watcher);
    else watching.set(customerId, new Set([watcher]));
    count++;
  };
  const remove = (customerId: string, watcher: Watcher) => {
    const own = watching.get(customerId);
    if (!own?.delete(watcher)) return;
    if (own.size === 0) watching.delete(customerId);
    count--;
  };
  const endAll = () => {
    const all = [...watching.values()].flatMap((own) => [...own]);
    watching.clear();
    count = 0;
    for (const watcher of all) watcher.end();
  };

  const begin: Watch['begin'] = (customerId, watcher) =>
    inTurn(async () => {
      if (closed) throw problem('service-unavailable', 'No page can be watched here', { retryAfterSeconds: 1 });
      if (count >= most)
        throw problem('service-unavailable', 'As many pages are watched as this process bears', {
          retryAfterSeconds: 5,
        });
      const leave = () => remove(customerId, watcher);
      // First, so that nothing that is committed during the reading is missed.
      add(customerId, watcher);
      try {
        return { page: await seeMyPage(store, customerId, pageQuery.parse({})), leave };
      } catch (error) {
        leave();
        throw error;
      }
    });

  const tell = async (): Promise<void> => {
    const since = untold;
    untold = new Map();
    try {
      const owners = await readOwners(store, [...since.keys()]);
      const watched = owners.filter(({ customerId }) => watching.has(customerId)).map(({ id }) => id);
      if (watched.length === 0) return;
      const asOf = await viewAsOf(store);
      for (const { customerId, ...known } of await readReservationsById(store, watched)) {
        const item = itemOf(known);
        for (const watcher of watching.get(customerId) ?? [])
          watcher.change({ item, asOf, since: since.get(item.id)! });
      }
    } catch (error) {
      logger.warn({ err: error }, 'changes could not be read: whoever watches has to begin anew');
      endAll();
    }
  };

  return {
    begin,
    changed: (reservationId, time) => {
      if (count === 0) return;
      // All events of a transaction are there before the queue has its turn.
      if (untold.size === 0) void inTurn(tell);
      if (!untold.has(reservationId)) untold.set(reservationId, time);
    },
    watchers: () => count,
    endAll,
    close: () => {
      closed = true;
      endAll();
    },
  };
}
