import { adoptEvents, eventsOf, type Mended, type TopicMessage } from '@outerpark/chassis/messaging/adopt';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { RecordedEvent } from '@outerpark/contracts/events';

type Told = RecordedEvent<'NotificationSent'> | RecordedEvent<'NotificationFailed'>;

/**
 * Brings a store that was put back to where its own events say: what was sent or given up is so again, and nobody is mailed
 * twice. `messages` are those since about the time to which it was put back, in order of offset. Bookings, contacts and notices
 * that nobody has had yet follow when the other services' events are consumed again.
 */
export async function reconcile(tx: Tx, messages: TopicMessage[]): Promise<Mended> {
  const { adopted, conflicts } = await adoptEvents(
    tx,
    messages.filter(({ topic }) => topic === 'notification.events'),
  );
  const own = eventsOf(adopted) as Told[];
  for (const event of own) {
    const { noticeId, reservationId, kind } = event.data;
    if (await tell(tx, event)) continue;
    conflicts.push(`notice ${noticeId}: since the store was put back another tells ${kind} of ${reservationId}`);
  }
  return {
    mends: { notices: own.map(({ type, data }) => `${type}: ${data.kind} of ${data.reservationId}`) },
    conflicts,
  };
}

/** False when another notice tells the same: of an event that was announced since the store was put back. */
async function tell(tx: Tx, { type, data, version, time, correlationId, traceparent }: Told): Promise<boolean> {
  const { noticeId, reservationId, customerId, kind, channel, tells } = data;
  const sent = type === 'NotificationSent';
  const others = await tx.query(
    `SELECT 1 FROM notice WHERE reservation_id = $1 AND kind = $2 AND version = $3 AND channel = $4 AND id <> $5`,
    [reservationId, kind, tells ?? null, channel, noticeId],
  );
  if (others.length > 0) return false;
  // An event from before there was `tells` gets a version of its own that no event has.
  await tx.query(
    `INSERT INTO notice (id, reservation_id, customer_id, kind, version, detail, status, created_at, next_try_at, give_up_at, tries,
       claims, events, correlation_id, traceparent, channel)
     VALUES ($1, $2, $3, $4,
       coalesce($5::int, (SELECT coalesce(least(min(version), 0), 0) - 1 FROM notice WHERE reservation_id = $2 AND kind = $4)),
       '{}', $6, $7, $7, $7, 1, 1, $8, $9, $10, $11)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, events = excluded.events, claims = notice.claims + 1`,
    [
      noticeId,
      reservationId,
      customerId,
      kind,
      tells ?? null,
      sent ? 'sent' : 'failed',
      time,
      version,
      correlationId,
      traceparent,
      channel,
    ],
  );
  await tx.query(`INSERT INTO delivery (notice_id, at, channel, outcome, error) VALUES ($1, $2, $3, $4, $5)`, [
    noticeId,
    time,
    channel,
    sent ? 'sent' : 'failed',
    type === 'NotificationFailed' ? data.reason : null,
  ]);
  return true;
}
