import PostalMime, { type Address } from 'postal-mime';
import { randomUUID } from 'node:crypto';

export interface Mailbox {
  address: string;
  name: string;
}

/** A mail as `GET /email` lists it. */
export interface Mail {
  id: string;
  /** When it was received: UTC, ISO 8601. */
  time: string;
  from: Mailbox[];
  to: Mailbox[];
  subject: string;
  text: string;
  /** Absent when the mail has no HTML part. */
  html?: string;
  /** By lower-case name; of repeated ones the last. */
  headers: Record<string, string>;
  /** Whom the sender named in the SMTP dialogue, whatever the headers say. */
  envelope: { from: string; to: string[] };
}

const mailboxes = (addresses: Address[]): Mailbox[] =>
  addresses.flatMap(({ name, address, group }) => group ?? [{ name, address: address ?? '' }]);

/** Reads a mail as it came over SMTP. */
export const readMail = async (raw: Buffer, envelope: Mail['envelope']): Promise<Mail> => {
  const { headers, from, to = [], subject = '', text = '', html } = await PostalMime.parse(raw);
  return {
    id: randomUUID(),
    time: new Date().toISOString(),
    from: mailboxes(from ? [from] : []),
    to: mailboxes(to),
    subject,
    text,
    html,
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
    envelope,
  };
};
