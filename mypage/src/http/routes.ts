import { requireCustomer } from '@outerpark/chassis/http/auth';
import { parse } from '@outerpark/chassis/http/validate';
import { pageQuery } from '@outerpark/contracts/http/paging';
import { Router } from 'express';
import type { CatchUp } from '../messaging/catch-up';
import type { SqliteStore } from '../persistence/sqlite-store';
import { seeMyPage } from '../use-cases/see-my-page';
import { streamMyPage, type StreamTools } from './stream';

export interface RouteTools extends StreamTools {
  store: Pick<SqliteStore, 'read'>;
  /** Throws `service-unavailable` while the view is not complete: half a list would look like lost reservations. */
  requireComplete: CatchUp['requireComplete'];
}

export function routes({ store, requireComplete, ...streamTools }: RouteTools): Router {
  const router = Router();

  router.get('/api/mypage', async (req, res) => {
    const { customerId } = requireCustomer(req);
    const query = parse(pageQuery, req.query, 'query');
    requireComplete();
    const { items, next, asOf } = await seeMyPage(store, customerId, query);
    if (asOf) res.set('X-As-Of', asOf.toISOString());
    res.json({ items, next });
  });

  router.get('/api/mypage/stream', streamMyPage({ requireComplete, ...streamTools }));

  return router;
}
