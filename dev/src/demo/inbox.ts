import type { Mail } from '../mail/mail';

/** The development inbox, as far as the demo reads it. */
export interface Inbox {
  /** The mails that name this, oldest first. */
  about(text: string): Promise<Mail[]>;
}

export const inboxAt = (url: string, recipient: string): Inbox => ({
  about: async (text) => {
    const answer = await fetch(`${url}/email?to=${encodeURIComponent(recipient)}`);
    const mails = (await answer.json()) as Mail[];
    return mails.filter((mail) => mail.subject.includes(text) || mail.text.includes(text));
  },
});
