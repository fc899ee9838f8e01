import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import { z } from 'zod';
import { Refused } from './charge';
import { callFaults, downFault, faultsSchema, type SwitchedFaults } from './faults';
import { paymentPage } from './payment-page';
import type { Provider } from './provider';

const idempotencyKey = z.string('The header Idempotency-Key is missing.').trim().min(1).max(255);
const chargeBody = z.object({ amount: z.int().min(1), reference: z.string().max(255) });
const refundBody = z.object({ charge: z.string().min(1).max(255), amount: z.int().min(1) });
const decisionBody = z.object({ decision: z.enum(['approve', 'decline']) });
const ledgerQuery = z.object({ reference: z.string().optional() });

const keyOf = (req: Request): string => idempotencyKey.parse(req.get('Idempotency-Key'));

/** The provider's HTTP side. `publicUrl` is where customers reach it: payment pages are under it. */
export const simulatorApp = (provider: Provider, faults: SwitchedFaults, publicUrl: () => string): Express => {
  const app = express().disable('x-powered-by').set('etag', false);
  app.use(express.json({ limit: '16kb' }), express.urlencoded({ extended: false, limit: '16kb' }));

  app
    .route('/faults')
    .get((_req, res) => void res.json(faults.current))
    .put((req, res) => {
      faults.current = faultsSchema.parse(req.body);
      res.json(faults.current);
    })
    .delete((_req, res) => {
      faults.current = {};
      res.json(faults.current);
    });
  app.get('/ledger', (req, res) => void res.json(provider.ledger(ledgerQuery.parse(req.query).reference)));

  app.use(downFault(faults));
  app.get('/readyz', (_req, res) => void res.json({ status: 'ready' }));

  app
    .route('/pay/:key')
    .get((req, res) => void res.send(paymentPage(provider.find(req.params.key))))
    .post((req, res) => {
      const { decision } = decisionBody.parse(req.body);
      res.send(paymentPage(provider.decide(req.params.key, decision === 'approve')));
    });

  app.use(callFaults(faults));
  app.post('/charges', (req, res) => {
    const key = keyOf(req);
    const { amount, reference } = chargeBody.parse(req.body);
    const payUrl = `${publicUrl()}/pay/${encodeURIComponent(key)}`;
    res.json(provider.charge(key, amount, reference, () => faults.outcome(payUrl)));
  });
  app.get('/charges/:key', (req, res) => void res.json(provider.find(req.params.key)));
  app.post('/charges/:key/cancel', (req, res) => void res.json(provider.cancel(req.params.key)));
  app.post('/refunds', (req, res) => {
    const key = keyOf(req);
    const { charge, amount } = refundBody.parse(req.body);
    res.json(provider.refund(key, charge, amount));
  });

  app.use((_req, res) => void res.status(404).json({ error: 'There is nothing here.' }));
  app.use(answerErrors);
  return app;
};

const answerErrors: ErrorRequestHandler = (error: unknown, _req, res, _next) => {
  if (error instanceof Refused) return void res.status(error.status).json({ error: error.message });
  if (error instanceof z.ZodError) return void res.status(400).json({ error: z.prettifyError(error) });
  const { status = 500, message } = error as { status?: number; message: string };
  if (status >= 500) console.error(JSON.stringify({ level: 'error', message }));
  res.status(status).json({ error: status >= 500 ? 'An internal error.' : message });
};
