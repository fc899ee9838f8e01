import { requireCustomer, requireRole } from '@outerpark/chassis/http/auth';
import { idParam, parse } from '@outerpark/chassis/http/validate';
import { pageQuery } from '@outerpark/contracts/http/paging';
import { storyParams } from '@outerpark/contracts/http/story';
import { Router } from 'express';
import type { CatchUp } from '../messaging/catch-up';
import type { SqliteStore } from '../persistence/sqlite-store';
import { seeMyPage } from '../use-cases/see-my-page';
import { tellOfRequest, tellOfReservation } from '../use-cases/tell-story';
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

  router.get('/api/admin/reservations/:id/story', async (req, res) => {
    requireRole(req, 'admin');
    const id = idParam(req, 'id');
    requireComplete();
    res.json(await tellOfReservation(store, id));
  });

  router.get('/api/admin/stories/:correlationId', async (req, res) => {
    requireRole(req, 'admin');
    const { correlationId } = parse(storyParams, req.params, 'params');
    requireComplete();
    res.json(await tellOfRequest(store, correlationId));
  });

  return router;
}
