import { runInContext, type Context } from '@outerpark/chassis/context';
import type { Outbox } from '@outerpark/chassis/messaging/outbox';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { CustomerContact } from '@outerpark/contracts/customer-contacts';

/** How a customer says to be reached, in a request. */
export interface GivenContact {
  customerId: string;
  contact: CustomerContact;
  context: Context;
}

/** Remembers how to reach customers, and tells what is new. Of one who says it twice the last word counts. */
export async function rememberContacts(tx: Tx, outbox: Outbox, given: GivenContact[], time: Date): Promise<void> {
  const last = new Map(given.map((one) => [one.customerId, one]));
  if (last.size === 0) return;
  const rows = [...last.values()].map(({ customerId, contact }) => ({ customer_id: customerId, ...contact }));
  const changed = await tx.query<{ customerId: string }>(
    `INSERT INTO contact AS c (customer_id, email, name, locale)
     SELECT customer_id, email, name, locale FROM json_populate_recordset(NULL::contact, $1) ORDER BY customer_id
     ON CONFLICT (customer_id) DO UPDATE SET email = excluded.email, name = excluded.name, locale = excluded.locale
     WHERE (c.email, c.name, c.locale) IS DISTINCT FROM (excluded.email, excluded.name, excluded.locale)
     RETURNING customer_id AS "customerId"`,
    [JSON.stringify(rows)],
  );
  for (const { customerId } of changed) {
    const { contact, context } = last.get(customerId)!;
    runInContext(context, () => outbox.appendContact(tx, customerId, contact, time));
  }
}
