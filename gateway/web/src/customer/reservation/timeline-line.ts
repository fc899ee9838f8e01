import type { MyPageItem, TimelineEntry } from '@outerpark/contracts/http/mypage';

export type NoticeKind = MyPageItem['notifications'][number]['kind'];

/** A step of the story as a text's key with what stands in it: amounts in KRW, moments as ISO 8601. */
export type TimelineLine =
  | { key: 'SeatsReserved'; seats: number; price: number; deadline: string }
  | { key: 'SeatsReleased'; seats: number }
  | { key: 'PaymentDeferred'; deadline: string }
  | { key: 'PaymentDeclined'; reason: string }
  | { key: 'PaymentApproved' | 'PaymentCancelledRefund'; amount: number }
  | { key: 'NotificationSent' | 'NotificationFailed' | 'NotificationOnPage'; notice: NoticeKind }
  | {
      key:
        | 'PaymentRequested'
        | 'PaymentActionRequired'
        | 'PaymentCancelledFree'
        | 'ReservationConfirmed'
        | 'ReservationCancelledCustomer'
        | 'ReservationCancelledAdmin'
        | 'ReservationExpired';
    }
  | { key: 'other'; type: string };

/** `other` for an event that this page is too old to know. */
export const timelineLine = ({ type, detail }: Pick<TimelineEntry, 'type' | 'detail'>): TimelineLine => {
  const number = (name: string) => Number(detail[name] ?? 0);
  const text = (name: string) => String((detail[name] as string | undefined) ?? '');
  switch (type) {
    case 'SeatsReserved':
      return { key: type, seats: number('seats'), price: number('price'), deadline: text('paymentDeadline') };
    case 'SeatsReleased':
      return { key: type, seats: number('seats') };
    case 'PaymentDeferred':
      return { key: type, deadline: text('paymentDeadline') };
    case 'PaymentDeclined':
      return { key: type, reason: text('reason') };
    case 'PaymentApproved':
      return { key: type, amount: number('amount') };
    case 'PaymentCancelled':
      return number('refunded') > 0
        ? { key: 'PaymentCancelledRefund', amount: number('refunded') }
        : { key: 'PaymentCancelledFree' };
    case 'ReservationCancelled':
      return { key: text('by') === 'admin' ? 'ReservationCancelledAdmin' : 'ReservationCancelledCustomer' };
    case 'NotificationSent':
      // The customer has switched all channels off, so that this page is where it is told.
      if (text('channel') === 'mypage') return { key: 'NotificationOnPage', notice: text('kind') as NoticeKind };
      return { key: type, notice: text('kind') as NoticeKind };
    case 'NotificationFailed':
      return { key: type, notice: text('kind') as NoticeKind };
    case 'PaymentRequested':
    case 'PaymentActionRequired':
    case 'ReservationConfirmed':
    case 'ReservationExpired':
      return { key: type };
    default:
      return { key: 'other', type };
  }
};
