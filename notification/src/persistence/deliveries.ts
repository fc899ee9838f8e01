import { continueTrace, type Context } from '@outerpark/chassis/context';
import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import { deleteOld, type Retention } from '@outerpark/chassis/retention';
import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { NotificationPreferences } from '@outerpark/contracts/http/notifications';
import type { NoticeChannel, NoticeKind } from '@outerpark/contracts/notification-events';
import type { PricedLine } from '@outerpark/contracts/values';
import type { Outcome, Settlement } from '../domain/delivery';
import type { Booking } from '../domain/message';
import type { NoticeDetail } from '../domain/notices';

/** A notice that this worker has for the length of the lease. */
export interface ClaimedNotice {
  id: string;
  reservationId: string;
  customerId: string;
  kind: NoticeKind;
  channel: NoticeChannel;
  detail: NoticeDetail;
  /** Fences: a later claim by another worker has a greater number. */
  claim: number;
  createdAt: Date;
  /** This try's number, from 1. */
  tries: number;
  /** How many events this notice has had. */
  events: number;
  /** Version of the event that it tells. */
  tells: number;
  /** Its time is over. */
  expired: boolean;
  /** In the language that the customer has chosen, if any. */
  contact: CustomerContact | undefined;
  chosen: NotificationPreferences['channels'] | undefined;
  booking: Booking | undefined;
  /** Of the request that led to it. */
  context: Context;
}

interface Row extends Omit<ClaimedNotice, 'contact' | 'chosen' | 'booking' | 'context'>, Context {
  email: string | null;
  name: string | null;
  locale: CustomerContact['locale'];
  byEmail: boolean | null;
  byChat: boolean;
  musical: string | null;
  startsAt: Date;
  venue: string;
  lines: PricedLine[];
  price: number;
  paymentDeadline: Date;
}

/**
 * Takes up to `limit` notices of these channels whose time has come, those of other workers left aside. One that lacks the address, or
 * what was reserved, waits without being taken, until it is there or the notice's time is over.
 */
export async function claimDue(
  store: Pick<Store, 'query'>,
  now: Date,
  leaseUntil: Date,
  limit: number,
  channels: NoticeChannel[],
): Promise<ClaimedNotice[]> {
  const rows = await store.query<Row>(
    `WITH due AS MATERIALIZED (
       SELECT id FROM notice
       WHERE status = 'pending' AND next_try_at <= $1 AND channel = ANY($4) AND (give_up_at <= $1 OR (
         EXISTS (SELECT 1 FROM contact WHERE contact.customer_id = notice.customer_id) AND
         EXISTS (SELECT 1 FROM booking WHERE booking.reservation_id = notice.reservation_id)))
       ORDER BY next_try_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE notice SET next_try_at = $2, tries = tries + 1, claims = claims + 1
       FROM due WHERE notice.id = due.id RETURNING notice.*
     )
     SELECT n.id, n.reservation_id AS "reservationId", n.customer_id AS "customerId", n.kind, n.channel, n.detail,
       n.claims AS claim,
       n.created_at AS "createdAt", n.tries, n.events, n.version AS tells, n.give_up_at <= $1 AS expired,
       n.correlation_id AS "correlationId", n.traceparent, c.email, c.name,
       coalesce(p.language, c.locale) AS locale, p.email AS "byEmail", p.chat AS "byChat",
       b.musical, b.starts_at AS "startsAt", b.venue, b.lines, b.price,
       greatest(b.payment_deadline, d.payment_deadline) AS "paymentDeadline"
     FROM claimed n
     LEFT JOIN contact c ON c.customer_id = n.customer_id
     LEFT JOIN preference p ON p.customer_id = n.customer_id
     LEFT JOIN booking b ON b.reservation_id = n.reservation_id
     LEFT JOIN deferral d ON d.reservation_id = n.reservation_id`,
    [now, leaseUntil, limit, channels],
  );
  return rows.map(fromRow);
}

function fromRow(row: Row): ClaimedNotice {
  const { email, name, locale, byEmail, byChat, correlationId, traceparent, ...rest } = row;
  const { musical, startsAt, venue, lines, price, paymentDeadline, ...notice } = rest;
  return {
    ...notice,
    contact: email === null ? undefined : { email, locale, ...(name === null ? {} : { name }) },
    chosen: byEmail === null ? undefined : { email: byEmail, chat: byChat },
    booking: musical === null ? undefined : { musical, startsAt, venue, lines, price, paymentDeadline },
    context: continueTrace(correlationId, traceparent),
  };
}

/** What came of a try, and what becomes of its notice. */
export interface Tried {
  notice: ClaimedNotice;
  settlement: Settlement;
  /** None when there was nothing to try. */
  outcome?: Outcome | undefined;
}

/** Writes tries into the delivery log. */
export async function logDeliveries(tx: Tx, tried: Tried[], at: Date): Promise<void> {
  const rows = tried.flatMap(({ notice: { id, channel }, outcome }) => {
    if (!outcome) return [];
    const sent = outcome.kind === 'sent';
    return [{ notice_id: id, at, channel, outcome: sent ? 'sent' : 'failed', error: sent ? null : outcome.error }];
  });
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO delivery (notice_id, at, channel, outcome, error)
     SELECT notice_id, at, channel, outcome, error FROM json_populate_recordset(NULL::delivery, $1)`,
    [JSON.stringify(rows)],
  );
}

/** Ends claims, and gives the ids of their notices. One that was claimed again since is not among them, and stays as it is: another worker has it. */
export async function endClaims(tx: Tx, tried: Tried[]): Promise<Set<string>> {
  const told = ({ settlement: { status } }: Tried) => status === 'sent' || status === 'failed';
  const rows = await tx.query<{ id: string }>(
    `UPDATE notice n SET status = e.status, next_try_at = coalesce(e.next_try_at, n.next_try_at),
       events = n.events + e.events
     FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::int[])
       AS e (id, claim, status, next_try_at, events)
     WHERE n.id = e.id AND n.claims = e.claim AND n.status = 'pending' RETURNING n.id`,
    [
      tried.map(({ notice }) => notice.id),
      tried.map(({ notice }) => notice.claim),
      tried.map(({ settlement }) => settlement.status),
      tried.map(({ settlement }) => (settlement.status === 'pending' ? settlement.nextTryAt : null)),
      tried.map((one) => (told(one) ? 1 : 0)),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The log of tries; what became of the notice stands in the notice. */
export const deliveryRetention = ({ keepDeliveriesDays }: { keepDeliveriesDays: number }): Retention => ({
  what: 'delivery',
  days: keepDeliveriesDays,
  sql: deleteOld('delivery', 'at'),
});
