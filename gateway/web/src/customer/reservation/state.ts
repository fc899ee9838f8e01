import type { MyPageItem } from '@outerpark/contracts/http/mypage';

/** A reservation in the words of its customer; each has a title and a text (`words.<state>`). */
export type State =
  | 'paying'
  | 'action'
  | 'declined'
  | 'deferred'
  | 'confirming'
  | 'lapsing'
  | 'confirmed'
  | 'over'
  | 'cancelling'
  | 'refunding'
  | 'cancelled'
  | 'refunded'
  | 'expiring'
  | 'expired'
  | 'expiredRefunded';

type Facts = Pick<MyPageItem, 'status' | 'startsAt' | 'paymentDeadline' | 'payment' | 'timeline'>;

/** What a reservation is at `now` (milliseconds since 1970). Its status and its payment come by two roads, so that any pair can be met. */
export const stateOf = (item: Facts, now: number): State => {
  const { status, payment } = item;
  switch (status) {
    case 'awaiting_payment':
      return payment.status !== 'approved' && Date.parse(item.paymentDeadline) <= now ? 'lapsing' : whilePaying(item);
    case 'confirmed':
      return Date.parse(item.startsAt) <= now ? 'over' : 'confirmed';
    case 'cancelled':
      if (payment.status === 'cancelled') return payment.refunded > 0 ? 'refunded' : 'cancelled';
      return wasCharged(item) ? 'refunding' : 'cancelling';
    case 'expired':
      if (payment.status !== 'cancelled') return wasCharged(item) ? 'refunding' : 'expiring';
      return payment.refunded > 0 ? 'expiredRefunded' : 'expired';
  }
};

const whilePaying = ({ payment, timeline }: Facts): State => {
  switch (payment.status) {
    case 'action_required':
      return 'action';
    case 'deferred':
      return 'deferred';
    case 'declined':
      return askedAgain(timeline) ? 'paying' : 'declined';
    case 'approved':
      return 'confirming';
    case 'requested':
      return 'paying';
    // Nothing will be charged any more; the reservation's own end is on its way.
    case 'cancelled':
      return 'lapsing';
  }
};

/** The customer has asked to try again since the payment was declined. */
const askedAgain = (timeline: Facts['timeline']): boolean => {
  const last = timeline.findLast(({ type }) => type === 'PaymentRequested' || type === 'PaymentDeclined');
  return last?.type === 'PaymentRequested';
};

export const wasCharged = ({ payment, timeline }: Pick<Facts, 'payment' | 'timeline'>): boolean =>
  payment.status === 'approved' || timeline.some(({ type }) => type === 'PaymentApproved');

/** The deadline is the customer's to watch: something has to happen until then. */
export const isCounting = (state: State): boolean => state === 'paying' || state === 'action' || state === 'declined';

/** Cancelling is offered as long as it can do something. */
export const isCancellable = (state: State): boolean =>
  ['paying', 'action', 'declined', 'deferred', 'confirming', 'confirmed'].includes(state);

export const badgeOf = (state: State) => {
  switch (state) {
    case 'paying':
    case 'confirming':
      return { tone: 'info', text: 'status.awaiting' } as const;
    case 'action':
    case 'declined':
    case 'lapsing':
      return { tone: 'warn', text: 'status.awaiting' } as const;
    case 'deferred':
      return { tone: 'info', text: 'status.deferred' } as const;
    case 'confirmed':
      return { tone: 'good', text: 'status.confirmed' } as const;
    case 'over':
      return { tone: 'neutral', text: 'status.over' } as const;
    case 'cancelling':
    case 'refunding':
    case 'cancelled':
    case 'refunded':
      return { tone: 'neutral', text: 'status.cancelled' } as const;
    case 'expiring':
    case 'expired':
    case 'expiredRefunded':
      return { tone: 'bad', text: 'status.expired' } as const;
  }
};
