import { randomUUID } from 'node:crypto';
import { currentContext, type Context } from '@outerpark/chassis/context';
import { decideClaim, RETENTION_MS, type Answer, type IdempotencyRow } from '@outerpark/chassis/http/idempotency';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import { deleteOld, type Retention } from '@outerpark/chassis/retention';
import { together } from '@outerpark/chassis/together';

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

/** How concurrent requests are decided together: one round that waits for a lock, as of a frozen process, does not hold up the others. */
export const ROUNDS = { roundsAtOnce: 4, atMost: 50 };

/**
 * Commits the intent to reserve: one row with the new reservationId, which is the idempotency row too. A retry under the same
 * key gets the stored answer, or after the first one's lease goes on with its reservationId, so that both meet in one hold. Those of
 * concurrent requests are one statement; it waits for a key that another transaction is about to answer, so several go at once.
 */
export function createOpenIntent(
  store: Pick<Store, 'query'>,
  leaseMs: number,
): (request: IntentRequest) => Promise<OpenedIntent> {
  const open = together<NewIntent, Opened | undefined>(
    () => 'intents',
    (intents) => insertIntents(store, intents, leaseMs),
    ROUNDS,
  );
  return async (request) => {
    const { customerId, key, fingerprint } = request;
    for (;;) {
      const opened = await open({ ...request, reservationId: randomUUID(), context: currentContext() });
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
  };
}

type NewIntent = IntentRequest & { reservationId: string; context: Context };
interface Opened {
  reservationId: string;
  attempt: number;
}

/** For each, in the same order, what it opened; undefined where its key is another's still. A key may be there once only. */
async function insertIntents(
  store: Pick<Store, 'query'>,
  intents: NewIntent[],
  leaseMs: number,
): Promise<(Opened | undefined)[]> {
  const rows = await store.query<Opened & { customerId: string; key: string | null }>(
    `INSERT INTO intent AS i (reservation_id, customer_id, key, fingerprint, correlation_id, traceparent)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
     ON CONFLICT (customer_id, key) WHERE key IS NOT NULL DO UPDATE SET claimed_at = now(), attempt = i.attempt + 1
     WHERE i.state = 'open' AND i.fingerprint = excluded.fingerprint
       AND i.claimed_at <= now() - make_interval(secs => $7 / 1000.0)
     RETURNING reservation_id AS "reservationId", attempt, customer_id AS "customerId", key`,
    [
      intents.map(({ reservationId }) => reservationId),
      intents.map(({ customerId }) => customerId),
      intents.map(({ key }) => key ?? null),
      intents.map(({ fingerprint }) => fingerprint),
      intents.map(({ context }) => context.correlationId),
      intents.map(({ context }) => context.traceparent),
      leaseMs,
    ],
  );
  return intents.map(({ reservationId, customerId, key }) => {
    const opened = rows.find(
      (row) => row.reservationId === reservationId || (row.customerId === customerId && row.key === key),
    );
    return opened && { reservationId: opened.reservationId, attempt: opened.attempt };
  });
}

const freeOldKey = (store: Pick<Store, 'query'>, customerId: string, key: string | undefined) =>
  store.query(
    `UPDATE intent SET key = NULL
     WHERE customer_id = $1 AND key = $2 AND created_at <= now() - make_interval(secs => $3 / 1000.0)`,
    [customerId, key, RETENTION_MS],
  );

/** Intents have become reservations, and the answers stand under their keys. Gives those that were not abandoned meanwhile. */
export async function fulfilIntents(
  tx: Tx,
  fulfilled: { reservationId: string; answer: Answer }[],
): Promise<Set<string>> {
  const closed = await tx.query<{ id: string }>(
    `UPDATE intent i SET state = 'reserved', status = f.status, body = CASE WHEN i.key IS NOT NULL THEN f.body::json END
     FROM unnest($1::uuid[], $2::smallint[], $3::text[]) AS f (id, status, body)
     WHERE i.reservation_id = f.id AND i.state = 'open' RETURNING i.reservation_id AS id`,
    [
      fulfilled.map(({ reservationId }) => reservationId),
      fulfilled.map(({ answer }) => answer.status),
      fulfilled.map(({ answer }) => JSON.stringify(answer.body)),
    ],
  );
  return new Set(closed.map(({ id }) => id));
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
