import type { Tx } from '@outerpark/chassis/postgres/store';
import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { EventData } from '@outerpark/contracts/events';

// What other services know and a mail has to say: kept from their events.

/** Remembers how to reach a customer; null forgets the person, with what the person has chosen. */
export async function saveContact(tx: Tx, customerId: string, contact: CustomerContact | null): Promise<void> {
  if (contact === null) {
    await tx.query(`DELETE FROM contact WHERE customer_id = $1`, [customerId]);
    await tx.query(`DELETE FROM preference WHERE customer_id = $1`, [customerId]);
    return;
  }
  await tx.query(
    `INSERT INTO contact (customer_id, email, name, locale) VALUES ($1, $2, $3, $4)
     ON CONFLICT (customer_id) DO UPDATE SET email = excluded.email, name = excluded.name, locale = excluded.locale`,
    [customerId, contact.email, contact.name ?? null, contact.locale],
  );
}

export async function saveBooking(tx: Tx, reserved: EventData<'SeatsReserved'>): Promise<void> {
  const { reservationId, musical, startsAt, venue, lines, price, paymentDeadline } = reserved;
  await tx.query(
    `INSERT INTO booking (reservation_id, musical, starts_at, venue, lines, price, payment_deadline)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (reservation_id) DO NOTHING`,
    [reservationId, musical, startsAt, venue, JSON.stringify(lines), price, paymentDeadline],
  );
}

/**
 * Remembers a payment's deferral. Gives whether it is the first of a row: payment defers again and again while its
 * provider is away, and the versions of such extensions follow one upon another.
 */
export async function saveDeferral(
  tx: Tx,
  { reservationId, paymentDeadline }: EventData<'PaymentDeferred'>,
  version: number,
): Promise<boolean> {
  const [saved] = await tx.query<{ extended: boolean }>(
    `INSERT INTO deferral (reservation_id, version, payment_deadline) VALUES ($1, $2, $3)
     ON CONFLICT (reservation_id) DO UPDATE SET version = excluded.version, payment_deadline = excluded.payment_deadline,
       extended = (deferral.version = excluded.version - 1)
     WHERE deferral.version < excluded.version RETURNING extended`,
    [reservationId, version, paymentDeadline],
  );
  return saved?.extended === false;
}
