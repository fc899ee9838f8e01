import type { AttentionKind } from '@outerpark/chassis/operators/attention';
import type { Config } from '../config';

type Limits = Pick<Config, 'attentionNoticeMs' | 'attentionFailedNoticeMs'>;

const LAST_ERROR = `(SELECT error FROM delivery d WHERE d.notice_id = n.id ORDER BY d.id DESC LIMIT 1)`;

/** What of this service can be past its time. */
export const attentionKinds = ({ attentionNoticeMs, attentionFailedNoticeMs }: Limits): AttentionKind[] => [
  {
    kind: 'notice',
    limitMs: attentionNoticeMs,
    sql: `SELECT n.id::text AS subject, n.created_at AS since, ${LAST_ERROR} AS "lastError", n.kind, n.channel, n.tries,
            n.reservation_id
          FROM notice n WHERE n.status = 'pending' AND n.created_at < $1`,
    what: ({ kind, channel, tries, reservation_id }) =>
      `The notice "${String(kind)}" of reservation ${String(reservation_id)} is not delivered by ${String(channel)} after ${String(tries)} tries.`,
    actions: ['retry'],
  },
  {
    kind: 'failed-notice',
    limitMs: attentionFailedNoticeMs,
    sql: `SELECT n.id::text AS subject, n.created_at AS since, ${LAST_ERROR} AS "lastError", n.kind, n.channel, n.reservation_id
          FROM notice n WHERE n.status = 'failed' AND n.give_up_at > $1`,
    what: ({ kind, channel, reservation_id }) =>
      `The notice "${String(kind)}" of reservation ${String(reservation_id)} by ${String(channel)} was given up.`,
    actions: ['resend'],
  },
];
