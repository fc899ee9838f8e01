import type { AttentionKind } from '@outerpark/chassis/operators/attention';
import type { Config } from '../config';

type Limits = Pick<Config, 'attentionAfterMs' | 'expiryGraceMs' | 'intentLimitMs'>;

/** What of this service can be past its time. */
export const attentionKinds = ({ attentionAfterMs, expiryGraceMs, intentLimitMs }: Limits): AttentionKind[] => [
  {
    kind: 'intent',
    limitMs: intentLimitMs + attentionAfterMs,
    sql: `SELECT reservation_id::text AS subject, claimed_at AS since, NULL AS "lastError" FROM intent
          WHERE state = 'open' AND claimed_at < $1`,
    what: () => 'A request to reserve is neither answered nor abandoned.',
    actions: ['release'],
  },
  {
    kind: 'reservation',
    limitMs: expiryGraceMs + attentionAfterMs,
    sql: `SELECT id::text AS subject, payment_deadline AS since, NULL AS "lastError" FROM reservation
          WHERE status = 'awaiting_payment' AND payment_deadline < $1`,
    what: () => "The deadline has passed; it expires when all of payment's events are known.",
    actions: [],
  },
  {
    kind: 'saga',
    limitMs: attentionAfterMs,
    sql: `SELECT id::text AS subject, ended_at AS since, NULL AS "lastError", status,
            concat_ws(' and ', CASE WHEN seats_released_at IS NULL THEN 'SeatsReleased' END,
              CASE WHEN payment_cancelled_at IS NULL THEN 'PaymentCancelled' END) AS lacking
          FROM reservation
          WHERE ended_at < $1 AND (seats_released_at IS NULL OR payment_cancelled_at IS NULL)`,
    what: ({ status, lacking }) => `The reservation is ${String(status)}, and ${String(lacking)} is lacking.`,
    actions: ['release'],
  },
];
