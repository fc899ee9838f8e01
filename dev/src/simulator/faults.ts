import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Outcome } from './provider';

export const faultsSchema = z.strictObject({
  /** Every call takes that much longer. */
  latencyMs: z.int().min(0).max(600_000).optional(),
  /** So many new charges are declined from now on. */
  declineNext: z.int().min(0).optional(),
  declineAll: z.boolean().optional(),
  /** New charges wait for the customer on the payment page. */
  requireAction: z.boolean().optional(),
  /** The connection is cut before, or after, the call has had its effect. */
  noAnswer: z.enum(['none', 'before', 'after']).optional(),
  /** The share of calls that are answered by a 500, without effect. */
  errorRate: z.number().min(0).max(1).optional(),
  /** Every call is answered by a 429. */
  tooManyRequests: z.boolean().optional(),
  /** What happens to webhooks on their way. */
  webhooks: z
    .strictObject({
      /** Each is sent that many times more. */
      duplicates: z.int().min(0).max(100).optional(),
      /** Each is sent that much later. */
      delayMs: z.int().min(0).max(600_000).optional(),
      /** Those of half a second are sent together, the newest first. */
      reordered: z.boolean().optional(),
      /** None is sent any more. */
      dropped: z.boolean().optional(),
    })
    .optional(),
  /** Everything but the faults and the ledger is answered by a 503. */
  down: z.boolean().optional(),
});
export type Faults = z.infer<typeof faultsSchema>;

/** The faults that are switched on. They live in memory: a restart ends them. */
export class SwitchedFaults {
  current: Faults = {};

  /** What happens to a new charge; `payUrl` is where its customer would have to pay. */
  outcome(payUrl: string): Outcome {
    const { declineAll, declineNext = 0, requireAction } = this.current;
    if (declineNext > 0) this.current = { ...this.current, declineNext: declineNext - 1 };
    if (declineAll || declineNext > 0) return { status: 'declined', reason: 'The card was declined.' };
    return requireAction ? { status: 'requires_action', url: payUrl } : { status: 'approved' };
  }
}

/** Cuts the connection when the answer would be sent: its effect has happened, nobody hears of it. */
const loseTheAnswer: RequestHandler = (req, res, next) => {
  res.json = () => {
    req.socket.destroy();
    return res;
  };
  next();
};

/** In front of every call that another system makes. */
export const callFaults =
  (faults: SwitchedFaults): RequestHandler =>
  async (req, res, next) => {
    const { latencyMs = 0, noAnswer, errorRate = 0, tooManyRequests } = faults.current;
    if (latencyMs) await sleep(latencyMs);
    if (noAnswer === 'before') return void req.socket.destroy();
    if (tooManyRequests) return void res.status(429).set('Retry-After', '1').json({ error: 'Too many requests.' });
    if (Math.random() < errorRate) return void res.status(500).json({ error: 'An internal error, switched on.' });
    if (noAnswer === 'after') return loseTheAnswer(req, res, next);
    next();
  };

/** In front of all but the faults and the ledger. */
export const downFault =
  (faults: SwitchedFaults): RequestHandler =>
  (_req, res, next) => {
    if (faults.current.down) res.status(503).json({ error: 'The provider is down, switched on.' });
    else next();
  };
