import type { AttentionKind } from '@outerpark/chassis/operators/attention';
import type { Config } from '../config';

/** What of this service can be past its time. */
export const attentionKinds = ({ attentionHoldMs }: Pick<Config, 'attentionHoldMs'>): AttentionKind[] => [
  {
    kind: 'hold',
    limitMs: attentionHoldMs,
    sql: `SELECT reservation_id::text AS subject, created_at AS since, NULL AS "lastError" FROM hold
          WHERE state = 'held' AND created_at < $1`,
    what: () => 'The seats are held for longer than any reservation may wait for its payment.',
    actions: ['release'],
  },
];
