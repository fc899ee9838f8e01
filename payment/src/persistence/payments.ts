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

/** The payment that has been due for longest, locked; passes over what other workers have. */
export async function lockDuePayment(tx: Tx, now: Date): Promise<StoredPayment | undefined> {
  const [row] = await tx.query<Row>(
    `SELECT ${SELECTED}, correlation_id AS "correlationId", traceparent FROM payment
     WHERE next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
     ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [now],
  );
  return row && withAttempts(tx, row);
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
    `SELECT ${SELECTED}, correlation_id AS "correlationId", traceparent FROM payment
     WHERE next_attempt_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
       AND (parked_until <= $1 OR (parked_until IS NULL AND (next_attempt_at <= $2 OR (deadline <= $1 AND ended IS NULL
         AND NOT EXISTS (SELECT FROM attempt WHERE attempt.reservation_id = payment.reservation_id)))))
     ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [now, dueSince, atMost],
  );
  const attempts = await readAttemptsOf(
    tx,
    rows.map(({ reservationId }) => reservationId),
  );
  return rows.map((row) => stored(row, attempts.get(row.reservationId) ?? []));
}

/** The payment, locked, if this lease is still its last one: a worker that was frozen meanwhile gets nothing. */
export async function lockLeasedPayment(
  tx: Tx,
  reservationId: string,
  lease: string,
): Promise<StoredPayment | undefined> {
  const [row] = await tx.query<Row>(
    `SELECT ${SELECTED}, correlation_id AS "correlationId", traceparent FROM payment
     WHERE reservation_id = $1 AND lease = $2 FOR UPDATE`,
    [reservationId, lease],
  );
  return row && withAttempts(tx, row);
}

/** All tries to charge or refund, in the order in which they began. */
export const readAttempts = async (tx: Tx, reservationId: string): Promise<Attempt[]> =>
  (await readAttemptsOf(tx, [reservationId])).get(reservationId) ?? [];

async function readAttemptsOf(tx: Tx, reservationIds: string[]): Promise<Map<string, Attempt[]>> {
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

const withAttempts = async (tx: Tx, row: Row): Promise<StoredPayment> =>
  stored(row, await readAttempts(tx, row.reservationId));

const stored = ({ correlationId, traceparent, ...payment }: Row, attempts: Attempt[]): StoredPayment => ({
  payment,
  attempts,
  context: continueTrace(correlationId, traceparent),
});

/** Also remembers the request that this is done for: whatever follows carries its correlation id. */
export const savePayment = (tx: Tx, payment: Payment): Promise<void> =>
  savePayments(tx, [{ payment, context: currentContext() }]);

/** The same for many payments, in one statement and in the order of their ids. */
export async function savePayments(tx: Tx, saved: { payment: Payment; context: Context }[]): Promise<void> {
  const columns = [...KEYS.map((key) => PAYMENT[key]), 'correlation_id', 'traceparent'];
  const changes = columns.map((column) => `${column} = excluded.${column}`);
  const inOrder = saved.toSorted((a, b) => (a.payment.reservationId < b.payment.reservationId ? -1 : 1));
  const rows = inOrder.map(({ payment, context: { correlationId, traceparent } }) => ({
    ...Object.fromEntries(KEYS.map((key) => [PAYMENT[key], payment[key]])),
    ...{ correlation_id: correlationId, traceparent },
  }));
  await tx.query(
    `INSERT INTO payment (${columns.join(', ')})
     SELECT ${columns.join(', ')} FROM json_populate_recordset(NULL::payment, $1)
     ON CONFLICT (reservation_id) DO UPDATE SET ${changes.join(', ')}`,
    [JSON.stringify(rows)],
  );
}

export async function lease(tx: Tx, reservationId: string, token: string, until: Date): Promise<void> {
  await tx.query(`UPDATE payment SET lease = $2, lease_until = $3 WHERE reservation_id = $1`, [
    reservationId,
    token,
    until,
  ]);
}

export async function endLease(tx: Tx, reservationId: string): Promise<void> {
  await tx.query(`UPDATE payment SET lease = NULL, lease_until = NULL WHERE reservation_id = $1`, [reservationId]);
}

/** An attempt that is settled stays as it is. */
export async function saveAttempt(tx: Tx, reservationId: string, attempt: Attempt): Promise<void> {
  const { id, kind, amount, state, reason, url, createdAt, settledAt } = attempt;
  await tx.query(
    `INSERT INTO attempt AS a (id, reservation_id, kind, amount, state, reason, url, created_at, settled_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET state = $5, reason = $6, url = $7, settled_at = $9 WHERE a.settled_at IS NULL`,
    [id, reservationId, kind, amount, state, reason, url, createdAt, settledAt],
  );
}

export async function appendToLedger(tx: Tx, reservationId: string, entries: LedgerEntry[]): Promise<void> {
  for (const { attemptId, kind, amount, at } of entries) {
    await tx.query(`INSERT INTO ledger (reservation_id, attempt_id, kind, amount, at) VALUES ($1, $2, $3, $4, $5)`, [
      reservationId,
      attemptId,
      kind,
      amount,
      at,
    ]);
  }
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
