import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tx } from './store';

/** One thing that is wanted. `within` runs what is said or written about it in the context of the event or request that wants it. */
export interface Wanted<Item> {
  item: Item;
  within: ReturnType<typeof AsyncLocalStorage.snapshot>;
}

/**
 * What the events and requests of one transaction want done is done for all of them together, in the order in which it was
 * wanted, before the transaction commits: one statement then, where each would have had its own. It is done in the context of
 * the first, so that its spans are at least of one of those they are about.
 */
export function atCommit<Item>(work: (tx: Tx, wanted: Wanted<Item>[]) => Promise<void>): (tx: Tx, item: Item) => void {
  const gathered = new WeakMap<Tx, Wanted<Item>[]>();
  return (tx, item) => {
    const wanted = { item, within: AsyncLocalStorage.snapshot() };
    const others = gathered.get(tx);
    if (others) return void others.push(wanted);
    const all = [wanted];
    gathered.set(tx, all);
    tx.beforeCommit(() => {
      // What is wanted from here on is another round's.
      gathered.delete(tx);
      return wanted.within(() => work(tx, all));
    });
  };
}
