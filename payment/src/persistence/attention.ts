import type { AttentionKind } from '@outerpark/chassis/operators/attention';
import type { Config } from '../config';

type Limits = Pick<Config, 'attentionPaymentMs' | 'attentionRefundMs' | 'attentionDeferredMs'>;

/** What of this service can be past its time. */
export const attentionKinds = (limits: Limits): AttentionKind[] => [
  {
    kind: 'payment',
    limitMs: limits.attentionPaymentMs,
    sql: `SELECT reservation_id::text AS subject, least(asked_at, next_attempt_at) AS since, last_error AS "lastError",
            failures FROM payment
          WHERE ended IS NULL AND next_attempt_at IS NOT NULL
            AND ((status = 'requested' AND asked_at < $1) OR (status <> 'deferred' AND next_attempt_at < $1))`,
    what: ({ failures }) =>
      Number(failures) > 0
        ? `The payment is not settled: the provider gave no clear answer ${String(failures)} times in a row.`
        : 'The payment is due and is not taken up.',
    actions: ['retry', 'refund'],
  },
  {
    kind: 'deferred',
    limitMs: limits.attentionDeferredMs,
    sql: `SELECT reservation_id::text AS subject, deferred_since AS since, last_error AS "lastError" FROM payment
          WHERE ended IS NULL AND status = 'deferred' AND deferred_since < $1`,
    what: () => 'The payment is put off, and still waits for the provider.',
    actions: ['retry', 'refund'],
  },
  {
    kind: 'refund',
    limitMs: limits.attentionRefundMs,
    sql: `SELECT p.reservation_id::text AS subject, coalesce(p.ended_at, p.updated_at) AS since, p.last_error AS "lastError",
            p.ended, p.failures,
            (SELECT a.amount FROM attempt a WHERE a.reservation_id = p.reservation_id AND a.state = 'captured') AS captured
          FROM payment p
          WHERE p.ended IS NOT NULL AND p.status <> 'cancelled' AND coalesce(p.ended_at, p.updated_at) < $1`,
    what: ({ ended, captured, failures }) =>
      `The reservation is ${String(ended)}, and ${captured ? `₩${Number(captured).toLocaleString('en')} are not refunded` : 'its charge is not cancelled'}` +
      ` (${String(failures)} answers in a row were unclear).`,
    actions: ['retry'],
  },
];
