import type { CustomerContact } from '@outerpark/contracts/customer-contacts';
import type { NoticeKind } from '@outerpark/contracts/notification-events';

export type Language = CustomerContact['locale'];

export interface Texts {
  greeting(name: string | undefined): string;
  notices: Record<
    NoticeKind,
    {
      /** What has happened, as a title and as the first sentences. */
      subject: string;
      body: string;
      /** What the customer can do now. `deadline` is in words. */
      next(deadline: string): string;
    }
  >;
  labels: Record<
    'musical' | 'startsAt' | 'venue' | 'seats' | 'price' | 'deadline' | 'reason' | 'refunded' | 'pay' | 'myPage',
    string
  >;
  seats(count: number): string;
  closing: string;
  /** Why there is this message, and where to choose. */
  footer: string;
}

const ko: Texts = {
  greeting: (name) => (name ? `${name} 님, 안녕하세요.` : '안녕하세요.'),
  notices: {
    confirmed: {
      subject: '예매가 확정되었습니다',
      body: '결제가 완료되어 예매가 확정되었습니다.',
      next: () => '예매 내역은 마이페이지에서 확인하실 수 있으며, 공연 시작 전까지 취소하실 수 있습니다.',
    },
    deferred: {
      subject: '좌석은 예매되었고, 결제는 잠시 뒤에 진행됩니다',
      body: '결제 서비스가 혼잡하여 결제가 미루어졌습니다. 좌석은 그대로 확보되어 있으며, 결제는 자동으로 다시 시도됩니다.',
      next: () => '따로 하실 일은 없습니다. 결제가 완료되면 다시 알려 드립니다.',
    },
    declined: {
      subject: '결제가 승인되지 않았습니다',
      body: '결제가 승인되지 않았습니다. 결제 기한까지 다시 결제하실 수 있습니다.',
      next: (deadline) =>
        `마이페이지에서 ${deadline}까지 다시 결제해 주세요. 기한이 지나면 예매가 만료되고 좌석이 반환됩니다.`,
    },
    action_required: {
      subject: '결제를 마무리해 주세요',
      body: '결제를 마치려면 결제 페이지에서 확인이 필요합니다.',
      next: (deadline) =>
        `${deadline}까지 결제 페이지에서 결제를 마쳐 주세요. 기한이 지나면 예매가 만료되고 좌석이 반환됩니다.`,
    },
    cancelled: {
      subject: '예매가 취소되었습니다',
      body: '예매가 취소되었습니다. 결제된 금액은 없습니다.',
      next: () => '따로 하실 일은 없습니다. 좌석이 남아 있으면 언제든지 다시 예매하실 수 있습니다.',
    },
    refunded: {
      subject: '환불이 완료되었습니다',
      body: '예매가 끝나 결제 금액을 환불해 드렸습니다.',
      next: () => '따로 하실 일은 없습니다. 카드사나 은행에 따라 환불 금액이 표시되기까지 며칠이 걸릴 수 있습니다.',
    },
    expired: {
      subject: '예매가 만료되었습니다',
      body: '결제 기한까지 결제되지 않아 예매가 만료되었습니다. 그 뒤에 결제된 금액이 있으면 자동으로 환불됩니다.',
      next: () => '좌석이 남아 있으면 언제든지 다시 예매하실 수 있습니다.',
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
    myPage: '마이페이지',
  },
  seats: (count) => `${count}석`,
  closing: '감사합니다. OuterPark',
  footer: 'OuterPark에서 예매하신 분께 보내 드리는 안내입니다. 알림 방법과 언어는 마이페이지에서 바꾸실 수 있습니다.',
};

const en: Texts = {
  greeting: (name) => (name ? `Dear ${name},` : 'Hello,'),
  notices: {
    confirmed: {
      subject: 'Your reservation is confirmed',
      body: 'Your payment has arrived and your reservation is confirmed.',
      next: () => 'You find your reservation on My page, where you can cancel it until the performance begins.',
    },
    deferred: {
      subject: 'Your seats are reserved, the payment follows a little later',
      body: 'The payment service is busy, so your payment was put off. Your seats are kept, and the payment is tried again by itself.',
      next: () => 'There is nothing that you have to do. We tell you when it is paid.',
    },
    declined: {
      subject: 'Your payment was declined',
      body: 'Your payment was declined. You can try again until the deadline.',
      next: (deadline) =>
        `Please try again on My page by ${deadline}. After that your reservation expires and the seats are free again.`,
    },
    action_required: {
      subject: 'Please complete your payment',
      body: 'To complete your payment, please confirm it on the payment page.',
      next: (deadline) =>
        `Please pay on the payment page by ${deadline}. After that your reservation expires and the seats are free again.`,
    },
    cancelled: {
      subject: 'Your reservation is cancelled',
      body: 'Your reservation is cancelled. Nothing was charged.',
      next: () =>
        'There is nothing that you have to do. You can reserve again at any time, as long as there are seats.',
    },
    refunded: {
      subject: 'Your refund is complete',
      body: 'Your reservation has ended and we have refunded what was paid.',
      next: () =>
        'There is nothing that you have to do. Your bank or card company may take some days until it shows the refund.',
    },
    expired: {
      subject: 'Your reservation has expired',
      body: 'It was not paid by the deadline, so your reservation has expired. Should a payment still arrive, it is refunded by itself.',
      next: () => 'You can reserve again at any time, as long as there are seats.',
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
    myPage: 'My page',
  },
  seats: (count) => (count === 1 ? '1 seat' : `${count} seats`),
  closing: 'Thank you. OuterPark',
  footer:
    'You get this message because of a reservation at OuterPark. On My page you choose how and in which language we tell you.',
};

export const textsIn: Record<Language, Texts> = { ko, en };
