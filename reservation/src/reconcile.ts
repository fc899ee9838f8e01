import { adoptEvents, eventsOf, type Mended, type TopicMessage } from '@outerpark/chassis/messaging/adopt';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { customerContact } from '@outerpark/contracts/customer-contacts';
import type { RecordedEvent } from '@outerpark/contracts/events';
import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';
import { asAnswer } from './use-cases/as-answer';

const STATUS = {
  ReservationConfirmed: 'confirmed',
  ReservationCancelled: 'cancelled',
  ReservationExpired: 'expired',
} as const;

/**
 * Brings a store that was put back to where its own events say: reservations, their intents and contacts. `messages` are those since
 * about the time to which it was put back, in order of offset. Deadlines, confirmations and steps of sagas that other services tell
 * follow when their events are consumed again.
 */
export async function reconcile(tx: Tx, messages: TopicMessage[]): Promise<Mended> {
  const { adopted, conflicts } = await adoptEvents(
    tx,
    messages.filter(({ topic }) => topic === 'reservation.events' || topic === CONTACTS_TOPIC),
  );
  const own = eventsOf(adopted);
  const mends: Record<string, string[]> = { reservations: [], 'abandoned intents': [], changes: [], contacts: [] };
  for (const event of own) {
    switch (event.type) {
      case 'SeatsReserved':
        await reserve(tx, event);
        mends.reservations!.push(event.subject);
        break;
      case 'ReservationAbandoned':
        await closeIntent(tx, event, 'abandoned');
        mends['abandoned intents']!.push(event.subject);
        break;
      case 'PaymentRequested':
      case 'ReservationConfirmed':
      case 'ReservationCancelled':
      case 'ReservationExpired':
        await change(tx, event);
        mends.changes!.push(`${event.type} of ${event.subject}`);
        break;
      default:
      // Nothing else is published here.
    }
  }
  for (const { key, value } of adopted.filter(({ topic }) => topic === CONTACTS_TOPIC)) {
    await saveContact(tx, key, value);
    mends.contacts!.push(key);
  }
  return { mends, conflicts };
}

type Closing = RecordedEvent<'SeatsReserved'> | RecordedEvent<'ReservationAbandoned'>;

/** An intent that was open then is closed as it was; of one that is gone only the row that refuses another hold is made. */
async function closeIntent(
  tx: Tx,
  { data, time, correlationId, traceparent }: Closing,
  state: 'reserved' | 'abandoned',
  answer?: object,
): Promise<void> {
  const { reservationId, customerId } = data;
  await tx.query(
    `INSERT INTO intent (reservation_id, customer_id, fingerprint, state, status, body, correlation_id, traceparent, created_at, claimed_at)
     VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, $8)
     ON CONFLICT (reservation_id) DO UPDATE SET state = excluded.state, status = excluded.status, body = excluded.body,
       key = CASE WHEN excluded.state = 'reserved' THEN intent.key END`,
    [
      reservationId,
      customerId,
      state,
      answer ? 201 : null,
      answer ? JSON.stringify(answer) : null,
      correlationId,
      traceparent,
      time,
    ],
  );
}

async function reserve(tx: Tx, event: RecordedEvent<'SeatsReserved'>): Promise<void> {
  const { data, time, version, correlationId, traceparent } = event;
  const { reservationId: id, startsAt, paymentDeadline, ...rest } = data;
  const reservation = {
    ...rest,
    id,
    startsAt: new Date(startsAt),
    paymentDeadline: new Date(paymentDeadline),
    status: 'awaiting_payment' as const,
    version,
    createdAt: new Date(time),
  };
  await closeIntent(tx, event, 'reserved', asAnswer(reservation));
  await tx.query(
    `INSERT INTO reservation (id, customer_id, musical_id, musical, performance_id, starts_at, venue, lines, seats, price, status,
       payment_deadline, version, created_at, correlation_id, traceparent)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING`,
    [
      id,
      reservation.customerId,
      reservation.musicalId,
      reservation.musical,
      reservation.performanceId,
      reservation.startsAt,
      reservation.venue,
      JSON.stringify(reservation.lines),
      reservation.seats,
      reservation.price,
      reservation.status,
      reservation.paymentDeadline,
      version,
      reservation.createdAt,
      correlationId,
      traceparent,
    ],
  );
}

type Changing = RecordedEvent<keyof typeof STATUS | 'PaymentRequested'>;

async function change(tx: Tx, { type, subject, version, time }: Changing): Promise<void> {
  const status = type === 'PaymentRequested' ? null : STATUS[type];
  const ended = status === 'cancelled' || status === 'expired';
  await tx.query(
    `UPDATE reservation SET version = $2, status = coalesce($3, status), ended_at = coalesce($4, ended_at),
       confirmed_at = coalesce($5, confirmed_at)
     WHERE id = $1 AND version < $2`,
    [subject, version, status, ended ? time : null, status === 'confirmed' ? time : null],
  );
}

async function saveContact(tx: Tx, customerId: string, value: string | null): Promise<void> {
  const contact = customerContact.safeParse(JSON.parse(value ?? 'null'));
  if (!contact.success) return void (await tx.query(`DELETE FROM contact WHERE customer_id = $1`, [customerId]));
  const { email, name, locale } = contact.data;
  await tx.query(
    `INSERT INTO contact (customer_id, email, name, locale) VALUES ($1, $2, $3, $4)
     ON CONFLICT (customer_id) DO UPDATE SET email = $2, name = $3, locale = $4`,
    [customerId, email, name ?? null, locale],
  );
}
