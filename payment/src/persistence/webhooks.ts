import { deleteOld, type Retention } from '@outerpark/chassis/retention';
import { TOLERANCE_MS } from '../clients/standard-webhooks';
import type { Tx } from '@outerpark/chassis/postgres/store';

const DAY_MS = 86_400_000;

/** An old webhook is refused by its own time, so that its id is of use for the tolerance ahead and behind, and no longer. */
export const webhookRetention: Retention = {
  what: 'webhook',
  days: (2 * TOLERANCE_MS + 60_000) / DAY_MS,
  sql: deleteOld('webhook', 'received_at'),
};

/** Whether this webhook comes for the first time. */
export async function rememberWebhook(tx: Tx, provider: string, id: string, now: Date): Promise<boolean> {
  const added = await tx.query(
    'INSERT INTO webhook (provider, id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id',
    [provider, id, now],
  );
  return added.length > 0;
}

/**
 * Makes the payment of an attempt that is not settled due now; says whether there is one. It keeps its place among the due; while
 * a worker asks for it, the time itself tells that worker that something came meanwhile.
 */
export async function makeDue(tx: Tx, attemptId: string, now: Date): Promise<boolean> {
  const changed = await tx.query(
    `UPDATE payment SET parked_until = NULL,
       next_attempt_at = CASE WHEN lease IS NULL THEN least(next_attempt_at, $2) ELSE $2 END
     FROM attempt WHERE attempt.id = $1 AND attempt.settled_at IS NULL AND payment.reservation_id = attempt.reservation_id
     RETURNING payment.reservation_id`,
    [attemptId, now],
  );
  return changed.length > 0;
}
