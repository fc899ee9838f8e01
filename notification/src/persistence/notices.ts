import { currentContext } from '@outerpark/chassis/context';
import { atCommit } from '@outerpark/chassis/postgres/at-commit';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { NoticeChannel, NoticeKind } from '@outerpark/contracts/notification-events';
import type { NoticeDetail } from '../domain/notices';

export interface NewNotice {
  id: string;
  reservationId: string;
  customerId: string;
  kind: NoticeKind;
  /** Of the event that it tells. */
  version: number;
  detail: NoticeDetail;
  createdAt: Date;
  giveUpAt: Date;
}

/** Writes a notice to be delivered by e-mail first, once for each event, with the request that led to it: the delivery carries its correlation id. */
export const insertNotice = atCommit<NewNotice>(async (tx, wanted) => {
  const rows = wanted.map(({ item: notice, within }) => {
    const { correlationId, traceparent } = within(currentContext);
    return {
      id: notice.id,
      reservation_id: notice.reservationId,
      customer_id: notice.customerId,
      kind: notice.kind,
      version: notice.version,
      detail: notice.detail,
      created_at: notice.createdAt,
      next_try_at: notice.createdAt,
      give_up_at: notice.giveUpAt,
      correlation_id: correlationId,
      traceparent,
    };
  });
  const columns = Object.keys(rows[0]!).join(', ');
  await tx.query(
    `INSERT INTO notice (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::notice, $1)
     ON CONFLICT (reservation_id, kind, version, channel) DO NOTHING`,
    [JSON.stringify(rows)],
  );
});

/**
 * Has what a notice tells delivered by these channels as well, from now on and for as long as the notice itself would be tried. By
 * which it was or is delivered already it is left to; one that was skipped is taken up. Gives whether anything is to be done now.
 */
export async function addChannels(
  store: Pick<Store, 'query'>,
  id: string,
  channels: NoticeChannel[],
  now: Date,
): Promise<boolean> {
  if (channels.length === 0) return false;
  const rows = await store.query(
    `INSERT INTO notice (id, reservation_id, customer_id, kind, version, channel, detail, created_at, next_try_at, give_up_at,
       correlation_id, traceparent)
     SELECT gen_random_uuid(), n.reservation_id, n.customer_id, n.kind, n.version, also.channel, n.detail, n.created_at, $3,
       n.give_up_at, n.correlation_id, n.traceparent
     FROM notice n, unnest($2::text[]) AS also (channel) WHERE n.id = $1
     ON CONFLICT (reservation_id, kind, version, channel) DO UPDATE SET status = 'pending', next_try_at = $3, tries = 0
     WHERE notice.status = 'skipped' RETURNING id`,
    [id, channels, now],
  );
  return rows.length > 0;
}

/** Has a notice delivered again, unless it is still being delivered. Gives whether there is such a notice. */
export async function reopenNotice(tx: Tx, id: string, now: Date, giveUpAt: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE notice SET
       next_try_at = CASE WHEN status = 'pending' THEN next_try_at ELSE $2 END,
       give_up_at = greatest(give_up_at, $3),
       tries = CASE WHEN status = 'pending' THEN tries ELSE 0 END,
       status = 'pending'
     WHERE id = $1 RETURNING id`,
    [id, now, giveUpAt],
  );
  return rows.length > 0;
}

/** Has a notice that is being tried tried now, as if it had never failed. Gives whether there is such a notice. */
export async function makeDue(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE notice SET next_try_at = least(next_try_at, $2), tries = 0 WHERE id = $1 AND status = 'pending' RETURNING id`,
    [id, now],
  );
  return rows.length > 0;
}
