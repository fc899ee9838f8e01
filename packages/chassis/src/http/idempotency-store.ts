import { deleteOld, type Retention } from '../retention';
import {
  decideClaim,
  LEASE_MS,
  RETENTION_MS,
  type ClaimOutcome,
  type ClaimRequest,
  type IdempotencyRow,
  type IdempotencyStore,
} from './idempotency';

/** For the migrations of a service that owns writes. */
export const CREATE_IDEMPOTENCY_KEY = `
CREATE TABLE idempotency_key (
  customer_id text NOT NULL,
  method      text NOT NULL,
  path        text NOT NULL,
  key         text NOT NULL,
  fingerprint text NOT NULL,
  resource_id uuid NOT NULL,
  claim_id    uuid NOT NULL UNIQUE,
  claimed_at  timestamptz,
  created_at  timestamptz NOT NULL,
  status      smallint,
  body        json,
  PRIMARY KEY (customer_id, method, path, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
`;

/** `$1` placeholders; answers the rows. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Query = (sql: string, params: unknown[]) => Promise<any[]>;

// One statement decides who goes first: of two at once the second waits for the row, sees the first one's claim and gets no row.
const CLAIM = `
INSERT INTO idempotency_key AS k (customer_id, method, path, key, fingerprint, resource_id, claim_id, claimed_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, gen_random_uuid(), now(), now())
ON CONFLICT (customer_id, method, path, key) DO UPDATE SET
  fingerprint = excluded.fingerprint,
  resource_id = CASE WHEN k.created_at > now() - $7::interval AND k.fingerprint = excluded.fingerprint
                     THEN k.resource_id ELSE excluded.resource_id END,
  claim_id = excluded.claim_id, claimed_at = now(), created_at = now(), status = NULL, body = NULL
WHERE k.created_at <= now() - $7::interval
   OR (k.status IS NULL AND k.claimed_at IS NULL)
   OR (k.status IS NULL AND k.claimed_at <= now() - $8::interval AND k.fingerprint = excluded.fingerprint)
RETURNING claim_id AS "id", resource_id AS "resourceId"`;

const FIND = `
SELECT fingerprint, resource_id AS "resourceId", status, body, claimed_at AS "claimedAt", created_at AS "createdAt", now() AS "now"
FROM idempotency_key WHERE customer_id = $1 AND method = $2 AND path = $3 AND key = $4`;

const FINISH = 'UPDATE idempotency_key SET status = $2, body = $3 WHERE claim_id = $1 AND status IS NULL';
const RELEASE = 'UPDATE idempotency_key SET claimed_at = NULL WHERE claim_id = $1 AND status IS NULL';

const milliseconds = (ms: number): string => `${ms} milliseconds`;

/** Keys and their answers, after the time for which they count. */
export const keyRetention = ({ keepKeysDays }: { keepKeysDays: number }): Retention => ({
  what: 'idempotency_key',
  days: keepKeysDays,
  sql: deleteOld('idempotency_key', 'created_at'),
});

/** Keys in the service's own PostgreSQL. */
export function createIdempotencyStore(query: Query): IdempotencyStore {
  const claim = async (request: ClaimRequest): Promise<ClaimOutcome> => {
    const scope = [request.customerId, request.method, request.path, request.key];
    const wanted = [request.fingerprint, request.newId, milliseconds(RETENTION_MS), milliseconds(LEASE_MS)];
    for (;;) {
      const [claimed] = (await query(CLAIM, [...scope, ...wanted])) as { id: string; resourceId: string }[];
      if (claimed) return { kind: claimed.resourceId === request.newId ? 'new' : 'take-over', ...claimed };
      const [row] = (await query(FIND, scope)) as (IdempotencyRow & { now: Date })[];
      const decision = decideClaim(row, request.fingerprint, row?.now ?? new Date());
      // It was freed between the two statements: claim again.
      if (decision.kind !== 'new' && decision.kind !== 'take-over') return decision;
    }
  };

  return {
    claim,
    finish: async (id, status, body) => {
      await query(FINISH, [id, status, body === undefined ? null : JSON.stringify(body)]);
    },
    release: async (id) => {
      await query(RELEASE, [id]);
    },
  };
}
