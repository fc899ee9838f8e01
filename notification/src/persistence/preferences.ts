import type { Store, Tx } from '@outerpark/chassis/postgres/store';
import type { NotificationPreferences } from '@outerpark/contracts/http/notifications';

type Language = NotificationPreferences['language'];

/** What a customer has chosen, if anything, and the language of the contact, if there is one. */
export async function findPreferences(
  store: Pick<Store, 'query'>,
  customerId: string,
): Promise<{ chosen: NotificationPreferences | undefined; contactLanguage: Language | undefined }> {
  const [row] = await store.query<{
    language: Language | null;
    email: boolean;
    chat: boolean;
    contactLanguage: Language | null;
  }>(
    `SELECT p.language, p.email, p.chat, c.locale AS "contactLanguage"
     FROM (SELECT $1::text AS customer_id) AS who
     LEFT JOIN preference p USING (customer_id) LEFT JOIN contact c USING (customer_id)`,
    [customerId],
  );
  const { language, email, chat, contactLanguage } = row!;
  return {
    chosen: language === null ? undefined : { language, channels: { email, chat } },
    contactLanguage: contactLanguage ?? undefined,
  };
}

export async function savePreferences(
  tx: Tx,
  customerId: string,
  { language, channels: { email, chat } }: NotificationPreferences,
): Promise<void> {
  await tx.query(
    `INSERT INTO preference (customer_id, language, email, chat) VALUES ($1, $2, $3, $4)
     ON CONFLICT (customer_id) DO UPDATE SET language = excluded.language, email = excluded.email, chat = excluded.chat`,
    [customerId, language, email, chat],
  );
}
