import { isAdmin, requireIdentity } from '@outerpark/chassis/http/auth';
import { parse } from '@outerpark/chassis/http/validate';
import type { Notice } from '@outerpark/contracts/http/notifications';
import { pageQuery, type Page, type PageQuery } from '@outerpark/contracts/http/paging';
import { Router } from 'express';

export interface NotificationApi {
  /** Undefined: everybody's. */
  listNotices(customerId: string | undefined, query: PageQuery): Promise<Page<Notice>>;
}

export function routes(api: NotificationApi): Router {
  const router = Router();

  router.get('/api/notifications', async (req, res) => {
    const identity = requireIdentity(req);
    const query = parse(pageQuery, req.query, 'query');
    res.json(await api.listNotices(isAdmin(identity) ? undefined : identity.customerId, query));
  });

  return router;
}
