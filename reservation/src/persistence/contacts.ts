import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { CustomerContact } from '@outerpark/contracts/customer-contacts';

/** Remembers how to reach a customer, and tells it when it is new. */
export async function rememberContact(
  tx: Tx,
  outbox: Outbox,
  customerId: string,
  contact: CustomerContact,
  time: Date,
): Promise<void> {
  const { email, name, locale } = contact;
  const changed = await tx.query(
    `INSERT INTO contact AS c (customer_id, email, name, locale) VALUES ($1, $2, $3, $4)
     ON CONFLICT (customer_id) DO UPDATE SET email = $2, name = $3, locale = $4
     WHERE (c.email, c.name, c.locale) IS DISTINCT FROM ($2, $3, $4) RETURNING customer_id`,
    [customerId, email, name ?? null, locale],
  );
  if (changed.length > 0) outbox.appendContact(tx, customerId, contact, time);
}
