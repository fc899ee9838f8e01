import { randomUUID } from 'node:crypto';
import { currentContext, type Context } from '@outerpark/chassis/context';
import { decideClaim, RETENTION_MS, type Answer, type IdempotencyRow } from '@outerpark/chassis/http/idempotency';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import { deleteOld, type Retention } from '@outerpark/chassis/retention';

export interface IntentRequest {
  customerId: string;
  /** The Idempotency-Key, when the request has one. */
  key: string | undefined;
  fingerprint: string;
}

export type OpenedIntent =
  | { kind: 'open'; reservationId: string; attempt: number }
  | { kind: 'replay'; status: number; body: unknown }
  | { kind: 'in-flight' }
  | { kind: 'mismatch' };

/**
 * Commits the intent to reserve: one row with the new reservationId, which is the idempotency row too. A retry under the same
 * key gets the stored answer, or after the first one's lease goes on with its reservationId, so that both meet in one hold.
 */
export async function openIntent(
  store: Pick<Store, 'query'>,
  request: IntentRequest,
  leaseMs: number,
): Promise<OpenedIntent> {
  const { customerId, key, fingerprint } = request;
  const { correlationId, traceparent } = currentContext();
  for (;;) {
    const [opened] = await store.query<{ reservationId: string; attempt: number }>(
      `INSERT INTO intent AS i (reservation_id, customer_id, key, fingerprint, correlation_id, traceparent)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (customer_id, key) WHERE key IS NOT NULL DO UPDATE SET claimed_at = now(), attempt = i.attempt + 1
       WHERE i.state = 'open' AND i.fingerprint = $4 AND i.claimed_at <= now() - make_interval(secs => $7 / 1000.0)
       RETURNING reservation_id AS "reservationId", attempt`,
      [randomUUID(), customerId, key ?? null, fingerprint, correlationId, traceparent, leaseMs],
    );
    if (opened) return { kind: 'open', ...opened };

    const [known] = await store.query<IdempotencyRow & { now: Date }>(
      `SELECT fingerprint, reservation_id AS "resourceId", status, body, created_at AS "createdAt", now(),
         CASE WHEN claimed_at > now() - make_interval(secs => $3 / 1000.0) THEN now() ELSE 'epoch' END AS "claimedAt"
       FROM intent WHERE customer_id = $1 AND key = $2`,
      [customerId, key, leaseMs],
    );
    const decision = decideClaim(known, fingerprint, known?.now ?? new Date());
    switch (decision.kind) {
      case 'replay':
      case 'in-flight':
      case 'mismatch':
        return decision;
      case 'new':
      case 'take-over':
        // Gone or out of its time by now: the next round gets the key.
        await freeOldKey(store, customerId, key);
    }
  }
}

const freeOldKey = (store: Pick<Store, 'query'>, customerId: string, key: string | undefined) =>
  store.query(
    `UPDATE intent SET key = NULL
     WHERE customer_id = $1 AND key = $2 AND created_at <= now() - make_interval(secs => $3 / 1000.0)`,
    [customerId, key, RETENTION_MS],
  );

/** The intent has become a reservation, and the answer stands under its key; false when it was abandoned meanwhile. */
export async function fulfilIntent(tx: Tx, reservationId: string, { status, body }: Answer): Promise<boolean> {
  const closed = await tx.query(
    `UPDATE intent SET state = 'reserved', status = $2, body = CASE WHEN key IS NOT NULL THEN $3::json END
     WHERE reservation_id = $1 AND state = 'open' RETURNING state`,
    [reservationId, status, JSON.stringify(body)],
  );
  return closed.length > 0;
}

/**
 * Nothing is held and nothing will be: the first attempt was refused, and no other has begun. With an answer to keep it stands
 * under the key, without one the key is free again.
 */
export async function refuseIntent(store: Pick<Store, 'query'>, reservationId: string, answer?: Answer): Promise<void> {
  await store.query(
    `UPDATE intent SET state = 'refused', status = $2, body = $3, key = CASE WHEN $2::smallint IS NOT NULL THEN key END
     WHERE reservation_id = $1 AND state = 'open' AND attempt = 1`,
    [reservationId, answer?.status ?? null, answer ? JSON.stringify(answer.body) : null],
  );
}

/** Closes an open intent whose hold is not known; false when it was closed already. Its key is free again. */
export async function abandonIntent(
  tx: Tx,
  reservationId: string,
): Promise<(Context & { customerId: string }) | undefined> {
  const [abandoned] = await tx.query<Context & { customerId: string }>(
    `UPDATE intent SET state = 'abandoned', key = NULL WHERE reservation_id = $1 AND state = 'open'
     RETURNING customer_id AS "customerId", correlation_id AS "correlationId", traceparent`,
    [reservationId],
  );
  return abandoned;
}

/** Open intents that nobody has gone on with for so long. */
export async function staleIntents(
  store: Pick<Store, 'query'>,
  olderThanMs: number,
  atMost: number,
): Promise<string[]> {
  const rows = await store.query<{ id: string }>(
    `SELECT reservation_id AS id FROM intent
     WHERE state = 'open' AND claimed_at <= now() - make_interval(secs => $1 / 1000.0) ORDER BY claimed_at LIMIT $2`,
    [olderThanMs, atMost],
  );
  return rows.map(({ id }) => id);
}

/**
 * A closed intent is of use for its key only. Whoever comes late, such as an attempt that was frozen, needs an open one, and finds
 * none either way.
 */
export const intentRetention = ({ keepKeysDays }: { keepKeysDays: number }): Retention => ({
  what: 'intent',
  days: keepKeysDays,
  sql: deleteOld('intent', 'created_at', `state <> 'open'`),
});

/** The intent, locked. What was never asked for, or is forgotten, gets a closed one of nobody. */
export async function lockIntent(
  tx: Tx,
  reservationId: string,
): Promise<{ state: string; customerId: string; claimedAt: Date }> {
  await tx.query(
    `INSERT INTO intent (reservation_id, customer_id, fingerprint, state, correlation_id, traceparent)
     VALUES ($1, 'unknown', '', 'refused', '', '') ON CONFLICT (reservation_id) DO NOTHING`,
    [reservationId],
  );
  const [intent] = await tx.query<{ state: string; customerId: string; claimedAt: Date }>(
    `SELECT state, customer_id AS "customerId", claimed_at AS "claimedAt" FROM intent WHERE reservation_id = $1 FOR UPDATE`,
    [reservationId],
  );
  return intent!;
}

/** Nothing comes of it any more. */
export async function closeIntent(tx: Tx, reservationId: string): Promise<void> {
  await tx.query(`UPDATE intent SET state = 'abandoned', key = NULL WHERE reservation_id = $1 AND state = 'open'`, [
    reservationId,
  ]);
}
