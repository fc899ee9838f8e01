import { problem } from '@outerpark/chassis/errors';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Musical } from '@outerpark/contracts/http/musicals';
import { findMusical, setCapacity } from '../persistence/musicals';

/** Gives a grade another capacity. Throws `not-found`, and `capacity-below-taken` when more seats than that are held or sold. */
export const createChangeCapacity =
  (store: Store, outbox: Outbox, now: () => Date) =>
  async (musicalId: string, gradeId: string, capacity: number): Promise<Musical> => {
    await store.transact(async (tx) => {
      const result = await setCapacity(tx, musicalId, gradeId, capacity);
      if ('refused' in result) {
        if (result.refused === 'unknown') throw problem('not-found');
        throw problem('capacity-below-taken', `${result.taken} seats are taken`, { taken: result.taken });
      }
      const { version, ...data } = result;
      if (data.change !== 0) outbox.append(tx, musicalId, version, [{ type: 'SeatsChanged', data }], now());
    });
    return (await findMusical(store, musicalId))!;
  };
