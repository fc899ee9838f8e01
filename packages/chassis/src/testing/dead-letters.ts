import type { DeadLetter } from '@outerpark/contracts/http/operators';
import { listDeadLetters } from '../messaging/dead-letter-lists';
import type { Store } from '../postgres/store';

/** The open dead letters of a store. */
export const openDeadLetters = async (store: Pick<Store, 'query'>): Promise<DeadLetter[]> =>
  (await listDeadLetters(store, 'test', { limit: 200 })).items;
