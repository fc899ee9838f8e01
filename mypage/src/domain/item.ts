import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { noPaymentYet } from './states';

/** Everything known of one reservation, as it was folded. */
export interface KnownReservation {
  reservation: Omit<MyPageItem, 'payment' | 'notifications' | 'timeline'>;
  payment: (MyPageItem['payment'] & { deferredUntil: string | null }) | null;
  notices: (MyPageItem['notifications'][number] & { id: string })[];
  timeline: (MyPageItem['timeline'][number] & { eventId: string })[];
}

/** What the customer sees of a reservation. */
export function itemOf({ reservation, payment, notices, timeline }: KnownReservation): MyPageItem {
  const { deferredUntil, ...state } = payment ?? { ...noPaymentYet, deferredUntil: null };
  return {
    ...reservation,
    paymentDeadline: later(reservation.paymentDeadline, deferredUntil),
    payment: state,
    notifications: inOrder(notices, ({ at, id }) => [at, id]).map(({ kind, status, at }) => ({ kind, status, at })),
    timeline: inOrder(timeline, ({ at, eventId }) => [at, eventId]).map(({ at, type, detail }) => ({
      at,
      type,
      detail,
    })),
  };
}

/** Moments are ISO 8601 text in one form, so text order is time order. */
const later = (one: string, other: string | null): string => (other !== null && other > one ? other : one);

/** By time, and by id where times are equal: the same order after every rebuild. */
const inOrder = <T>(items: T[], keyOf: (item: T) => [at: string, id: string]): T[] =>
  [...items].sort((a, b) => {
    const [[atA, idA], [atB, idB]] = [keyOf(a), keyOf(b)];
    return compare(atA, atB) || compare(idA, idB);
  });

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
