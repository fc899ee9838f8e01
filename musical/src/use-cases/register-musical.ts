import { randomUUID } from 'node:crypto';
import { problem } from '@outerpark/chassis/errors';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';
import { musicalRegistered, newMusical, pastPerformances } from '../domain/musical';
import { findMusical, insertMusical } from '../persistence/musicals';

/** Registers a musical with all seats free; the same id again gives what was registered. Throws `invalid-request` for a performance in the past. */
export const createRegisterMusical =
  (store: Store, outbox: Outbox, now: () => Date) =>
  async (id: string, request: RegisterMusical): Promise<Musical> => {
    const time = now();
    const musical = newMusical(request, id, randomUUID, time);
    const past = pastPerformances(musical, time);
    if (past.length > 0) {
      const errors = past.map((index) => ({
        path: `performances.${index}.startsAt`,
        message: 'Must lie in the future',
      }));
      throw problem('invalid-request', 'A performance begins in the past', { errors });
    }
    await store.transact(async (tx) => {
      if (await insertMusical(tx, musical, time)) outbox.append(tx, id, 1, [musicalRegistered(musical)], time);
    });
    return (await findMusical(store, id))!;
  };
