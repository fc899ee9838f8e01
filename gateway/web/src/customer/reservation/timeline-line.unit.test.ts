import { customer as en } from '../../i18n/en/customer';
import { timelineLine } from './timeline-line';

const deadline = '2026-11-25T03:10:00.000Z';

describe('a step of the story', () => {
  it.each([
    [
      'SeatsReserved',
      { seats: 2, price: 300_000, paymentDeadline: deadline },
      { key: 'SeatsReserved', seats: 2, price: 300_000, deadline },
    ],
    ['PaymentRequested', {}, { key: 'PaymentRequested' }],
    ['PaymentActionRequired', {}, { key: 'PaymentActionRequired' }],
    ['PaymentDeferred', { paymentDeadline: deadline }, { key: 'PaymentDeferred', deadline }],
    ['PaymentDeclined', { reason: 'insufficient funds' }, { key: 'PaymentDeclined', reason: 'insufficient funds' }],
    ['PaymentApproved', { amount: 300_000 }, { key: 'PaymentApproved', amount: 300_000 }],
    ['PaymentCancelled', { refunded: 0 }, { key: 'PaymentCancelledFree' }],
    ['PaymentCancelled', { refunded: 300_000 }, { key: 'PaymentCancelledRefund', amount: 300_000 }],
    ['ReservationConfirmed', { price: 300_000 }, { key: 'ReservationConfirmed' }],
    ['ReservationCancelled', { by: 'customer' }, { key: 'ReservationCancelledCustomer' }],
    ['ReservationCancelled', { by: 'admin' }, { key: 'ReservationCancelledAdmin' }],
    ['ReservationExpired', {}, { key: 'ReservationExpired' }],
    ['SeatsReleased', { seats: 2 }, { key: 'SeatsReleased', seats: 2 }],
    ['NotificationSent', { kind: 'confirmed', channel: 'email' }, { key: 'NotificationSent', notice: 'confirmed' }],
    ['NotificationSent', { kind: 'confirmed', channel: 'mypage' }, { key: 'NotificationOnPage', notice: 'confirmed' }],
    ['NotificationFailed', { kind: 'refunded', reason: 'x' }, { key: 'NotificationFailed', notice: 'refunded' }],
    ['SeatsUpgraded', {}, { key: 'other', type: 'SeatsUpgraded' }],
  ])('%s %j has a text', (type, detail, line) => {
    expect(timelineLine({ type, detail })).toEqual(line);
    const texts = Object.keys(en.timeline);
    expect(texts.includes(line.key) || texts.includes(`${line.key}_other`)).toBe(true);
  });
});
