import { currentContext } from '@outerpark/chassis/context';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { NoticeKind } from '@outerpark/contracts/notification-events';
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

/** Writes a notice to be delivered, once for each event, with the request that led to it: the delivery carries its correlation id. */
export async function insertNotice(tx: Tx, notice: NewNotice): Promise<void> {
  const { correlationId, traceparent } = currentContext();
  await tx.query(
    `INSERT INTO notice (id, reservation_id, customer_id, kind, version, detail, created_at, next_try_at, give_up_at,
       correlation_id, traceparent)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10) ON CONFLICT (reservation_id, kind, version) DO NOTHING`,
    [
      notice.id,
      notice.reservationId,
      notice.customerId,
      notice.kind,
      notice.version,
      JSON.stringify(notice.detail),
      notice.createdAt,
      notice.giveUpAt,
      correlationId,
      traceparent,
    ],
  );
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
