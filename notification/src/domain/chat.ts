import type { ChatWebhook } from '@outerpark/contracts/http/notifications';
import type { NoticeKind } from '@outerpark/contracts/notification-events';
import type { Booking, Message } from './message';
import type { NoticeDetail } from './notices';

interface ToldByChat {
  id: string;
  reservationId: string;
  customerId: string;
  kind: NoticeKind;
  detail: NoticeDetail;
  booking: Booking;
  createdAt: Date;
}

/** Writes a message for a chat service: ready to be shown, and as data for a service that has templates of its own. Names nobody but by the customer's id. */
export function writeChat(notice: ToldByChat, { language, title, body, facts, next, links }: Message): ChatWebhook {
  const { id, reservationId, customerId, kind, createdAt, detail, booking } = notice;
  const { musical, startsAt, venue, lines, price, paymentDeadline } = booking;
  return {
    type: `notice.${kind}`,
    timestamp: createdAt.toISOString(),
    data: {
      noticeId: id,
      reservationId,
      customerId,
      kind,
      language,
      title,
      text: [title, body, facts.map(({ label, value }) => `${label}: ${value}`).join('\n'), next].join('\n\n'),
      links,
      musical,
      startsAt: startsAt.toISOString(),
      venue,
      lines: lines.map(({ grade, seats }) => ({ grade, seats })),
      price,
      paymentDeadline: paymentDeadline.toISOString(),
      ...(detail.refunded === undefined ? {} : { refunded: detail.refunded }),
      ...(detail.reason === undefined ? {} : { reason: detail.reason }),
    },
  };
}
