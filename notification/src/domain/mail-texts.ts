import type { NoticeKind } from '@outerpark/contracts/notification-events';

export interface MailTexts {
  greeting(name: string | undefined): string;
  /** What has happened, as the subject and as the first sentences. */
  notices: Record<NoticeKind, { subject: string; body: string }>;
  labels: Record<
    'musical' | 'startsAt' | 'venue' | 'seats' | 'price' | 'deadline' | 'reason' | 'refunded' | 'pay',
    string
  >;
  seats(count: number): string;
  closing: string;
}

const ko: MailTexts = {
  greeting: (name) => (name ? `${name} 님, 안녕하세요.` : '안녕하세요.'),
  notices: {
    confirmed: { subject: '예매가 확정되었습니다', body: '결제가 완료되어 예매가 확정되었습니다.' },
    deferred: {
      subject: '좌석은 예매되었고, 결제는 잠시 뒤에 진행됩니다',
      body: '결제 서비스가 혼잡하여 결제가 미루어졌습니다. 좌석은 그대로 확보되어 있으며, 결제는 자동으로 다시 시도됩니다.',
    },
    declined: {
      subject: '결제가 승인되지 않았습니다',
      body: '결제가 승인되지 않았습니다. 결제 기한까지 다시 결제하실 수 있습니다.',
    },
    action_required: {
      subject: '결제를 마무리해 주세요',
      body: '결제를 마치려면 결제 페이지에서 확인이 필요합니다.',
    },
    cancelled: { subject: '예매가 취소되었습니다', body: '예매가 취소되었습니다. 결제된 금액은 없습니다.' },
    refunded: { subject: '환불이 완료되었습니다', body: '예매가 끝나 결제 금액을 환불해 드렸습니다.' },
    expired: {
      subject: '예매가 만료되었습니다',
      body: '결제 기한까지 결제되지 않아 예매가 만료되었습니다. 그 뒤에 결제된 금액이 있으면 자동으로 환불됩니다.',
    },
  },
  labels: {
    musical: '공연',
    startsAt: '일시',
    venue: '장소',
    seats: '좌석',
    price: '금액',
    deadline: '결제 기한',
    reason: '사유',
    refunded: '환불 금액',
    pay: '결제 페이지',
  },
  seats: (count) => `${count}석`,
  closing: '감사합니다. OuterPark',
};

const en: MailTexts = {
  greeting: (name) => (name ? `Dear ${name},` : 'Hello,'),
  notices: {
    confirmed: {
      subject: 'Your reservation is confirmed',
      body: 'Your payment has arrived and your reservation is confirmed.',
    },
    deferred: {
      subject: 'Your seats are reserved, the payment follows a little later',
      body: 'The payment service is busy, so your payment was put off. Your seats are kept, and the payment is tried again by itself.',
    },
    declined: {
      subject: 'Your payment was declined',
      body: 'Your payment was declined. You can try again until the deadline.',
    },
    action_required: {
      subject: 'Please complete your payment',
      body: 'To complete your payment, please confirm it on the payment page.',
    },
    cancelled: {
      subject: 'Your reservation is cancelled',
      body: 'Your reservation is cancelled. Nothing was charged.',
    },
    refunded: {
      subject: 'Your refund is complete',
      body: 'Your reservation has ended and we have refunded what was paid.',
    },
    expired: {
      subject: 'Your reservation has expired',
      body: 'It was not paid by the deadline, so your reservation has expired. Should a payment still arrive, it is refunded by itself.',
    },
  },
  labels: {
    musical: 'Musical',
    startsAt: 'When',
    venue: 'Where',
    seats: 'Seats',
    price: 'Price',
    deadline: 'Pay until',
    reason: 'Reason',
    refunded: 'Refunded',
    pay: 'Payment page',
  },
  seats: (count) => (count === 1 ? '1 seat' : `${count} seats`),
  closing: 'Thank you. OuterPark',
};

export const mailTexts = { ko, en };
