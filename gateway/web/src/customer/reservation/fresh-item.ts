import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';

/** A reservation that My page has not heard of yet, as My page will show it at first. */
export const freshItem = (reservation: Reservation): MyPageItem => ({
  ...reservation,
  payment: { status: 'requested', refunded: 0, url: null, reason: null, expectedAt: null },
  notifications: [],
  timeline: [],
});
