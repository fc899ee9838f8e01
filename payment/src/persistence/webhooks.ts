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

/** A webhook under its provider's id, and the attempt that it is about, if that is one. */
export interface Webhook {
  provider: string;
  id: string;
  about: string | undefined;
}

/** Those that come for the first time. */
export async function rememberWebhooks(tx: Tx, webhooks: Webhook[], now: Date): Promise<Webhook[]> {
  const added = await tx.query<{ provider: string; id: string }>(
    `INSERT INTO webhook (provider, id, received_at)
     SELECT provider, id, $3 FROM unnest($1::text[], $2::text[]) AS w (provider, id) ORDER BY provider, id
     ON CONFLICT DO NOTHING RETURNING provider, id`,
    [webhooks.map(({ provider }) => provider), webhooks.map(({ id }) => id), now],
  );
  return webhooks.filter(({ provider, id }) => added.some((one) => one.provider === provider && one.id === id));
}

/**
 * Makes the payments of attempts that are not settled due now; says whether there is one. They keep their places among the due;
 * while a worker asks for one, the time itself tells that worker that something came meanwhile.
 */
export async function makeDue(tx: Tx, attemptIds: string[], now: Date): Promise<boolean> {
  // Locked first: most attempts are being settled at this moment, and are found settled by the statement after.
  await tx.query(
    `SELECT 1 FROM payment WHERE reservation_id IN (SELECT reservation_id FROM attempt WHERE id = ANY($1) AND settled_at IS NULL)
     ORDER BY reservation_id FOR UPDATE`,
    [attemptIds],
  );
  const changed = await tx.query(
    `UPDATE payment SET parked_until = NULL,
       next_attempt_at = CASE WHEN lease IS NULL THEN least(next_attempt_at, $2) ELSE $2 END
     WHERE reservation_id IN (SELECT reservation_id FROM attempt WHERE id = ANY($1) AND settled_at IS NULL)
     RETURNING reservation_id`,
    [attemptIds, now],
  );
  return changed.length > 0;
}
