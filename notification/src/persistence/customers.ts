import { atCommit } from '@outerpark/chassis/postgres/at-commit';
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

export const saveBooking = atCommit<EventData<'SeatsReserved'>>(async (tx, wanted) => {
  const rows = wanted.map(({ item: reserved }) => ({
    reservation_id: reserved.reservationId,
    musical: reserved.musical,
    starts_at: reserved.startsAt,
    venue: reserved.venue,
    lines: reserved.lines,
    price: reserved.price,
    payment_deadline: reserved.paymentDeadline,
  }));
  await tx.query(
    `INSERT INTO booking (reservation_id, musical, starts_at, venue, lines, price, payment_deadline)
     SELECT reservation_id, musical, starts_at, venue, lines, price, payment_deadline
     FROM json_populate_recordset(NULL::booking, $1) ON CONFLICT (reservation_id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
});

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
