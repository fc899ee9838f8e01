import type { DomainEvent } from '@outerpark/contracts/events';
import type { notificationEvents } from '@outerpark/contracts/notification-events';
import type { PaymentEvent, ReservationEvent } from './states';

/** Every event that belongs in a reservation's timeline. */
export type StoryEvent =
  ReservationEvent | 'ReservationAbandoned' | PaymentEvent | 'SeatsReleased' | keyof typeof notificationEvents;

/** What only operators read of: how a request that came to nothing, or seats that nobody has, were let go. */
export const ONLY_FOR_OPERATORS: StoryEvent = 'ReservationAbandoned';

/** What a customer reads of an event beside its type and time: the amounts, deadlines and reasons, and no ids of ours. */
export function detailOf(event: DomainEvent<StoryEvent>): Record<string, unknown> {
  switch (event.type) {
    case 'SeatsReserved': {
      const { seats, price, paymentDeadline } = event.data;
      return { seats, price, paymentDeadline };
    }
    case 'ReservationConfirmed':
      return { price: event.data.price };
    case 'ReservationCancelled':
      return { by: event.data.by };
    case 'SeatsReleased':
      return { seats: event.data.lines.reduce((sum, line) => sum + line.seats, 0) };
    case 'PaymentDeferred': {
      const { paymentDeadline, expectedAt } = event.data;
      return { paymentDeadline, ...(expectedAt !== undefined && { expectedAt }) };
    }
    case 'PaymentDeclined':
      return { reason: event.data.reason };
    case 'PaymentApproved':
      return { amount: event.data.amount };
    case 'PaymentCancelled':
      return { refunded: event.data.refunded };
    case 'NotificationSent':
      return { kind: event.data.kind, channel: event.data.channel };
    case 'NotificationFailed':
      return { kind: event.data.kind, channel: event.data.channel, reason: event.data.reason };
    // A payment page's address is shown while it is of use, and not kept in the story.
    case 'PaymentActionRequired':
    case 'PaymentRequested':
    case 'ReservationExpired':
    case 'ReservationAbandoned':
      return {};
  }
}
