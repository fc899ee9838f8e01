import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { messageOf } from '@outerpark/chassis/testing/messages';
import { events, type DomainEvent } from '@outerpark/contracts/events';
import type { EventTopic } from '@outerpark/contracts/topics';

/** A message and the topic on which it comes. */
export interface Told {
  topic: EventTopic;
  message: IncomingMessage;
}

export interface Ids {
  customerId: string;
  reservationId: string;
  noticeIds: [string, string, string];
}

export const newIds = (customerId = 'alice'): Ids => ({
  customerId,
  reservationId: randomUUID(),
  noticeIds: [randomUUID(), randomUUID(), randomUUID()],
});

const START = Date.parse('2026-01-10T10:00:00.000Z');

/** A moment so many seconds after the story's start, as the contract writes it. */
export const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

export const lines = [{ gradeId: randomUUID(), grade: 'R', seats: 2, price: 150_000 }];
const musicalId = randomUUID();
const performanceId = randomUUID();

/** One event, so many seconds after the start. */
export function told(event: DomainEvent, subject: string, version: number, seconds: number): Told {
  const time = new Date(START + seconds * 1000);
  return { topic: events[event.type].topic, message: messageOf(event, { subject, version, time }) };
}

export const seatsReserved = ({ customerId, reservationId }: Ids, seconds = 0): Told =>
  told(
    {
      type: 'SeatsReserved',
      data: {
        reservationId,
        customerId,
        musicalId,
        musical: '김종욱 찾기',
        performanceId,
        startsAt: '2026-02-14T10:00:00.000Z',
        venue: 'Hall 1',
        lines,
        seats: 2,
        price: 300_000,
        paymentDeadline: at(900),
      },
    },
    reservationId,
    1,
    seconds,
  );

/** Reserved, deferred, declined, tried again, paid, confirmed, cancelled, released and refunded, with all notices. */
export function wholeStory(ids: Ids): Told[] {
  const { customerId, reservationId, noticeIds } = ids;
  const who = { reservationId, customerId };
  const ended = { ...who, performanceId, price: 300_000 };
  const notice = (noticeId: string) => ({ ...who, noticeId, channel: 'email' as const });
  return [
    seatsReserved(ids),
    told({ type: 'PaymentDeferred', data: { ...who, paymentDeadline: at(1000) } }, reservationId, 1, 1),
    told(
      { type: 'NotificationFailed', data: { ...notice(noticeIds[0]), kind: 'deferred', reason: 'refused' } },
      noticeIds[0],
      1,
      2,
    ),
    told({ type: 'PaymentDeclined', data: { ...who, reason: 'no money' } }, reservationId, 2, 3),
    told({ type: 'PaymentRequested', data: who }, reservationId, 2, 4),
    told({ type: 'PaymentApproved', data: { ...who, amount: 300_000 } }, reservationId, 3, 5),
    told({ type: 'ReservationConfirmed', data: ended }, reservationId, 3, 6),
    told({ type: 'NotificationSent', data: { ...notice(noticeIds[1]), kind: 'confirmed' } }, noticeIds[1], 1, 7),
    told({ type: 'ReservationCancelled', data: { ...ended, by: 'customer' } }, reservationId, 4, 8),
    told({ type: 'SeatsReleased', data: { reservationId, performanceId, lines } }, reservationId, 1, 9),
    told({ type: 'PaymentCancelled', data: { ...who, refunded: 300_000, after: 'cancelled' } }, reservationId, 4, 9),
    told({ type: 'NotificationSent', data: { ...notice(noticeIds[2]), kind: 'refunded' } }, noticeIds[2], 1, 10),
    told({ type: 'NotificationSent', data: { ...notice(noticeIds[0]), kind: 'deferred' } }, noticeIds[0], 2, 11),
  ];
}
