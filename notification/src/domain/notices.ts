import type { DomainEvent } from '@outerpark/contracts/events';
import type { NoticeKind } from '@outerpark/contracts/notification-events';

/** The events of which a customer is told. */
export type AnnouncedEvent =
  | 'ReservationConfirmed'
  | 'ReservationExpired'
  | 'PaymentActionRequired'
  | 'PaymentDeferred'
  | 'PaymentDeclined'
  | 'PaymentCancelled';

/** What a notice has to say beside its kind and the reservation. */
export interface NoticeDetail {
  /** KRW */
  refunded?: number;
  /** The provider's words on a decline. */
  reason?: string;
  /** The provider's page on which the customer has to act. */
  url?: string;
}

export interface Announcement {
  kind: NoticeKind;
  detail: NoticeDetail;
}

/** What the customer is told of an event; undefined when another notice has said it already. */
export function announcementOf(event: DomainEvent<AnnouncedEvent>): Announcement | undefined {
  switch (event.type) {
    case 'ReservationConfirmed':
      return { kind: 'confirmed', detail: {} };
    case 'ReservationExpired':
      return { kind: 'expired', detail: {} };
    case 'PaymentActionRequired':
      return { kind: 'action_required', detail: { url: event.data.url } };
    case 'PaymentDeferred':
      return { kind: 'deferred', detail: {} };
    case 'PaymentDeclined':
      return { kind: 'declined', detail: { reason: event.data.reason } };
    case 'PaymentCancelled': {
      const { refunded, after } = event.data;
      if (refunded > 0) return { kind: 'refunded', detail: { refunded } };
      // Of an expiry nobody needs to hear twice: ReservationExpired has told it.
      return after === 'cancelled' ? { kind: 'cancelled', detail: {} } : undefined;
    }
  }
}
