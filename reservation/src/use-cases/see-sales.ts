import { problem } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { SalesBucket, SalesQuery } from '@outerpark/contracts/http/sales';
import { asBuckets, salesRange } from '../domain/sales';
import { countSales } from '../persistence/sales';

/** What was sold and cancelled, by hour or day. Throws `invalid-request` for a range that is too long or ends before it begins. */
export const createSeeSales =
  (store: Pick<Store, 'query'>, now: () => Date) =>
  async (query: SalesQuery): Promise<SalesBucket[]> => {
    const range = salesRange(query, now());
    if ('path' in range) throw problem('invalid-request', undefined, { errors: [range] });
    return asBuckets(range, await countSales(store, range, query));
  };
