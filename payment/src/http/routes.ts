import { isAdmin, requireIdentity } from '@outerpark/chassis/http/auth';
import { parse } from '@outerpark/chassis/http/validate';
import { pageQuery, type Page, type PageQuery } from '@outerpark/contracts/http/paging';
import type { Payment } from '@outerpark/contracts/http/payments';
import { Router, type Request } from 'express';
import type { Delivery } from '../clients/provider';

export interface PaymentApi {
  /** A customer's payments, or everybody's for null. */
  listPayments(customerId: string | null, query: PageQuery): Promise<Page<Payment>>;
  receiveWebhook(provider: string, delivery: Delivery): Promise<void>;
}

export function routes(api: PaymentApi): Router {
  const router = Router();

  router.get('/api/payments', async (req, res) => {
    const identity = requireIdentity(req);
    const query = parse(pageQuery, req.query, 'query');
    res.json(await api.listPayments(isAdmin(identity) ? null : identity.customerId, query));
  });

  router.post('/api/payments/webhooks/:provider', async (req, res) => {
    const { headers, rawBody = Buffer.alloc(0), body } = req as Request<{ provider: string }, unknown, unknown>;
    await api.receiveWebhook(req.params.provider, { headers, rawBody, body });
    res.status(204).end();
  });

  return router;
}
