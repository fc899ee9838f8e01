import { isAdmin, requireIdentity, requireRole } from '@outerpark/chassis/http/auth';
import { idempotent, type IdempotencyStore } from '@outerpark/chassis/http/idempotency';
import { idParam, parse } from '@outerpark/chassis/http/validate';
import { notificationPreferences, type Notice } from '@outerpark/contracts/http/notifications';
import { actionRequest, type ActionDone } from '@outerpark/contracts/http/operators';
import { pageQuery, type Page, type PageQuery } from '@outerpark/contracts/http/paging';
import { Router } from 'express';
import type { Preferences } from '../use-cases/preferences';

export interface NotificationApi {
  /** Undefined: everybody's. */
  listNotices(customerId: string | undefined, query: PageQuery): Promise<Page<Notice>>;
  preferences: Preferences;
  /** Throws `not-found`. */
  resend(noticeId: string, by: { operator: string; reason: string }): Promise<ActionDone>;
  idempotency: IdempotencyStore;
}

export function routes(api: NotificationApi): Router {
  const router = Router();

  router.get('/api/notifications', async (req, res) => {
    const identity = requireIdentity(req);
    const query = parse(pageQuery, req.query, 'query');
    res.json(await api.listNotices(isAdmin(identity) ? undefined : identity.customerId, query));
  });
  router.get('/api/notifications/preferences', async (req, res) => {
    res.json(await api.preferences.find(requireIdentity(req)));
  });
  router.put('/api/notifications/preferences', async (req, res) => {
    res.json(await api.preferences.choose(requireIdentity(req), parse(notificationPreferences, req.body)));
  });

  router.post(
    '/api/admin/notifications/:id/resend',
    idempotent(api.idempotency, async (req) => {
      const { customerId: operator } = requireRole(req, 'admin');
      const { reason } = parse(actionRequest, req.body);
      return { status: 202, body: await api.resend(idParam(req, 'id'), { operator, reason }) };
    }),
  );

  return router;
}
