import { continueTrace, currentContext, type Context } from '@outerpark/chassis/context';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { Attempt, LedgerEntry, Payment } from '../domain/payment';

const PAYMENT: Record<keyof Payment, string> = {
  reservationId: 'reservation_id',
  customerId: 'customer_id',
  price: 'price',
  ended: 'ended',
  endedAt: 'ended_at',
  reservationVersion: 'reservation_version',
  version: 'version',
  status: 'status',
  triesWanted: 'tries_wanted',
  askedAt: 'asked_at',
  deadline: 'deadline',
  startsAt: 'starts_at',
  createdAt: 'created_at',
  deferredSince: 'deferred_since',
  expectedAt: 'expected_at',
  url: 'url',
  nextAttemptAt: 'next_attempt_at',
  parkedUntil: 'parked_until',
  failures: 'failures',
  failingSince: 'failing_since',
  lastError: 'last_error',
  updatedAt: 'updated_at',
};
const KEYS = Object.keys(PAYMENT) as (keyof Payment)[];
const SELECTED = KEYS.map((key) => `${PAYMENT[key]} AS "${key}"`).join(', ');
const STORED = `${SELECTED}, correlation_id AS "correlationId", traceparent`;
const SAVED = [...Object.values(PAYMENT), 'correlation_id', 'traceparent'];
const CHANGES = SAVED.map((column) => `${column} = excluded.${column}`).join(', ');

type Row = Payment & { correlationId: string; traceparent: string };

export interface StoredPayment {
  payment: Payment;
  attempts: Attempt[];
  /** Of the customer's request that the payment goes on for. */
  context: Context;
}

/** The payment and nothing of it in other hands until the end of the transaction. */
export const lockPayment = async (tx: Tx, reservationId: string): Promise<Payment | undefined> =>
  (await lockPayments(tx, [reservationId]))[0];

/** The same for many. Whoever waits for several of them takes them in the order of their ids, so that no two wait for each other. */
export const lockPayments = (tx: Tx, reservationIds: string[]): Promise<Payment[]> =>
  tx.query<Payment>(
    `SELECT ${SELECTED} FROM payment WHERE reservation_id = ANY($1) ORDER BY reservation_id FOR UPDATE`,
    [reservationIds],
  );

/** Those that have been due for longest, locked; passes over what other workers have. */
export async function lockDuePayments(tx: Tx, now: Date, atMost: number): Promise<StoredPayment[]> {
  const rows = await tx.query<Row>(
    `SELECT ${STORED} FROM payment
     WHERE next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
     ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [now, atMost],
  );
  return withAttempts(tx, rows);
}

/**
 * Those that wait for the provider, locked: due since `dueSince` and not parked, or parked and their time is over. Those that have not
 * begun by their deadline as well: in whatever turn they came they would be deferred, and the sweeper waits for them only so long.
 */
export async function lockWaitingPayments(
  tx: Tx,
  now: Date,
  { dueSince, atMost }: { dueSince: Date; atMost: number },
): Promise<StoredPayment[]> {
  const rows = await tx.query<Row>(
    `SELECT ${STORED} FROM payment
     WHERE next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
       AND (parked_until <= $1 OR (parked_until IS NULL AND (next_attempt_at <= $2 OR (deadline <= $1 AND ended IS NULL
         AND NOT EXISTS (SELECT FROM attempt WHERE attempt.reservation_id = payment.reservation_id)))))
     ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [now, dueSince, atMost],
  );
  return withAttempts(tx, rows);
}

/** A claim of one payment by one worker, until it is over or another claims the payment. */
export interface Lease {
  reservationId: string;
  lease: string;
}

/** The payments, locked, whose last leases are still these, by lease: a worker that was frozen meanwhile gets nothing. */
export async function lockLeasedPayments(tx: Tx, leases: Lease[]): Promise<Map<string, StoredPayment>> {
  // No lease is given twice, so that it matches its own payment only.
  const rows = await tx.query<Row & { lease: string }>(
    `SELECT ${STORED}, lease FROM payment
     WHERE reservation_id = ANY($1) AND lease = ANY($2) ORDER BY reservation_id FOR UPDATE`,
    [leases.map(({ reservationId }) => reservationId), leases.map(({ lease }) => lease)],
  );
  const payments = await withAttempts(
    tx,
    rows.map(({ lease: _, ...row }) => row),
  );
  return new Map(rows.map(({ lease }, index) => [lease, payments[index]!]));
}

/** All tries to charge or refund, in the order in which they began. */
export const readAttempts = async (tx: Tx, reservationId: string): Promise<Attempt[]> =>
  (await readAttemptsOf(tx, [reservationId])).get(reservationId) ?? [];

async function readAttemptsOf(tx: Tx, reservationIds: string[]): Promise<Map<string, Attempt[]>> {
  if (reservationIds.length === 0) return new Map();
  const rows = await tx.query<Attempt & { reservationId: string }>(
    `SELECT reservation_id AS "reservationId",
       id, kind, amount, state, reason, url, created_at AS "createdAt", settled_at AS "settledAt"
     FROM attempt WHERE reservation_id = ANY($1) ORDER BY created_at`,
    [reservationIds],
  );
  const attempts = new Map<string, Attempt[]>();
  for (const { reservationId, ...attempt } of rows) {
    attempts.set(reservationId, [...(attempts.get(reservationId) ?? []), attempt]);
  }
  return attempts;
}

async function withAttempts(tx: Tx, rows: Row[]): Promise<StoredPayment[]> {
  const attempts = await readAttemptsOf(
    tx,
    rows.map(({ reservationId }) => reservationId),
  );
  return rows.map((row) => stored(row, attempts.get(row.reservationId) ?? []));
}

const stored = ({ correlationId, traceparent, ...payment }: Row, attempts: Attempt[]): StoredPayment => ({
  payment,
  attempts,
  context: continueTrace(correlationId, traceparent),
});

/** Also remembers the request that this is done for: whatever follows carries its correlation id. */
export const savePayment = (tx: Tx, payment: Payment): Promise<void> =>
  savePayments(tx, [{ payment, context: currentContext() }]);

/** The same for many payments, in one statement and in the order of their ids. `ended`: whoever asked for them is done with that. */
export async function savePayments(
  tx: Tx,
  saved: { payment: Payment; context: Context }[],
  leases: 'ended' | 'kept' = 'kept',
): Promise<void> {
  if (saved.length === 0) return;
  const inOrder = saved.toSorted((a, b) => (a.payment.reservationId < b.payment.reservationId ? -1 : 1));
  const rows = inOrder.map(({ payment, context: { correlationId, traceparent } }) => ({
    ...Object.fromEntries(KEYS.map((key) => [PAYMENT[key], payment[key]])),
    ...{ correlation_id: correlationId, traceparent },
  }));
  await tx.query(
    `INSERT INTO payment (${SAVED.join(', ')})
     SELECT ${SAVED.join(', ')} FROM json_populate_recordset(NULL::payment, $1)
     ON CONFLICT (reservation_id) DO UPDATE SET ${CHANGES}${leases === 'ended' ? ', lease = NULL, lease_until = NULL' : ''}`,
    [JSON.stringify(rows)],
  );
}

/** Leaves each payment to its claim's worker. They are locked already. */
export async function leasePayments(tx: Tx, leases: Lease[], until: Date): Promise<void> {
  if (leases.length === 0) return;
  await tx.query(
    `UPDATE payment SET lease = claim.lease, lease_until = $3
     FROM unnest($1::uuid[], $2::uuid[]) AS claim (reservation_id, lease)
     WHERE payment.reservation_id = claim.reservation_id`,
    [leases.map(({ reservationId }) => reservationId), leases.map(({ lease }) => lease), until],
  );
}

/** In one statement. An attempt that is settled stays as it is. */
export async function saveAttempts(tx: Tx, saved: { reservationId: string; attempt: Attempt }[]): Promise<void> {
  if (saved.length === 0) return;
  const attempts = saved.map(({ attempt }) => attempt);
  await tx.query(
    `INSERT INTO attempt AS a (id, reservation_id, kind, amount, state, reason, url, created_at, settled_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
       $8::timestamptz[], $9::timestamptz[])
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, url = excluded.url,
       settled_at = excluded.settled_at WHERE a.settled_at IS NULL`,
    [
      attempts.map(({ id }) => id),
      saved.map(({ reservationId }) => reservationId),
      attempts.map(({ kind }) => kind),
      attempts.map(({ amount }) => amount),
      attempts.map(({ state }) => state),
      attempts.map(({ reason }) => reason),
      attempts.map(({ url }) => url),
      attempts.map(({ createdAt }) => createdAt),
      attempts.map(({ settledAt }) => settledAt),
    ],
  );
}

/** In one statement. */
export async function appendToLedger(tx: Tx, entries: (LedgerEntry & { reservationId: string })[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `INSERT INTO ledger (reservation_id, attempt_id, kind, amount, at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[])`,
    [
      entries.map(({ reservationId }) => reservationId),
      entries.map(({ attemptId }) => attemptId),
      entries.map(({ kind }) => kind),
      entries.map(({ amount }) => amount),
      entries.map(({ at }) => at),
    ],
  );
}

/** Puts off a payment that cannot be taken forward as it is, so that it does not hold up the others. */
export async function putOff(tx: Tx, reservationId: string, until: Date, error: string): Promise<void> {
  await tx.query(
    `UPDATE payment SET next_attempt_at = $2, last_error = $3, failures = failures + 1,
       failing_since = coalesce(failing_since, now()) WHERE reservation_id = $1`,
    [reservationId, until, error],
  );
}

/** Has the worker take a payment up now, as if it had never failed. */
export async function makeDue(tx: Tx, reservationId: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE payment SET next_attempt_at = $2, parked_until = NULL, failures = 0 WHERE reservation_id = $1`,
    [reservationId, now],
  );
}
