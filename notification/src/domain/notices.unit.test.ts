import type { DomainEvent } from '@outerpark/contracts/events';
import { announcementOf, type AnnouncedEvent } from './notices';

const who = { reservationId: '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a01', customerId: 'alice' };
const ended = { ...who, performanceId: '0b0f1c1e-7a0e-4b43-9a51-1f0b8d7a9a02', price: 300_000 };

const cases: [string, DomainEvent<AnnouncedEvent>, ReturnType<typeof announcementOf>][] = [
  ['a confirmation', { type: 'ReservationConfirmed', data: ended }, { kind: 'confirmed', detail: {} }],
  ['an expiry', { type: 'ReservationExpired', data: ended }, { kind: 'expired', detail: {} }],
  [
    'a page to visit',
    { type: 'PaymentActionRequired', data: { ...who, url: 'https://pay.example/1' } },
    { kind: 'action_required', detail: { url: 'https://pay.example/1' } },
  ],
  [
    'a deferral',
    { type: 'PaymentDeferred', data: { ...who, paymentDeadline: '2026-01-10T10:15:00.000Z' } },
    { kind: 'deferred', detail: {} },
  ],
  [
    'a decline',
    { type: 'PaymentDeclined', data: { ...who, reason: 'no money' } },
    { kind: 'declined', detail: { reason: 'no money' } },
  ],
  [
    'a cancellation with a refund',
    { type: 'PaymentCancelled', data: { ...who, refunded: 300_000, after: 'cancelled' } },
    { kind: 'refunded', detail: { refunded: 300_000 } },
  ],
  [
    'a cancellation before anything was paid',
    { type: 'PaymentCancelled', data: { ...who, refunded: 0, after: 'cancelled' } },
    { kind: 'cancelled', detail: {} },
  ],
  [
    'a payment that came after the expiry',
    { type: 'PaymentCancelled', data: { ...who, refunded: 300_000, after: 'expired' } },
    { kind: 'refunded', detail: { refunded: 300_000 } },
  ],
  [
    'an expiry without a payment, which was told before',
    { type: 'PaymentCancelled', data: { ...who, refunded: 0, after: 'expired' } },
    undefined,
  ],
];

test.each(cases)('the customer is told of %s', (_name, event, announcement) => {
  expect(announcementOf(event)).toEqual(announcement);
});
