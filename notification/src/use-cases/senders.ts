import type { Chat } from '../clients/chat';
import type { Mailer } from '../clients/mailer';
import type { OutsideChannel } from '../domain/channels';
import { writeChat } from '../domain/chat';
import type { Outcome } from '../domain/delivery';
import { writeMail } from '../domain/mail';
import { composeMessage } from '../domain/message';
import type { ClaimedNotice } from '../persistence/deliveries';

/** A notice with all that its message speaks of. */
export type ReadyNotice = ClaimedNotice & { [K in 'contact' | 'booking']: NonNullable<ClaimedNotice[K]> };

/** Hand a notice to its channel, once; only of those that the operator has set up. They do not throw. */
export type Senders = Partial<Record<OutsideChannel, (notice: ReadyNotice) => Promise<Outcome>>>;

interface SenderTools {
  mailer: Mailer;
  chat: Chat | undefined;
  /** Where customers find OuterPark. */
  publicUrl: string | undefined;
}

export function createSenders({ mailer, chat, publicUrl }: SenderTools): Senders {
  const messageOf = ({ kind, detail, booking, contact }: ReadyNotice) =>
    composeMessage(kind, detail, booking, contact, publicUrl);
  return {
    // The name is the same for every try, so that a second copy is known for one; another after a resend, which is wanted.
    email: (notice) => {
      const messageId = `<${notice.id}.${notice.events}@notification.outerpark>`;
      return mailer.send(notice.contact.email, writeMail(messageOf(notice)), messageId);
    },
    ...(chat && {
      chat: (notice) => chat.post(`notice_${notice.id}_${notice.events}`, writeChat(notice, messageOf(notice))),
    }),
  };
}

export const availableOf = (senders: Senders): OutsideChannel[] => OUTSIDE.filter((channel) => senders[channel]);
const OUTSIDE: OutsideChannel[] = ['email', 'chat'];
