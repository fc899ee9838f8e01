import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { customer as en } from '../../i18n/en/customer';
import { badgeOf, isCancellable, isCounting, stateOf, type State } from './state';

const NOW = Date.parse('2026-11-25T03:00:00.000Z');
const at = '2026-11-25T02:59:00.000Z';
const item = (
  status: MyPageItem['status'],
  payment: Partial<MyPageItem['payment']> & Pick<MyPageItem['payment'], 'status'>,
  types: string[] = [],
  more: Partial<MyPageItem> = {},
) => ({
  status,
  startsAt: '2026-12-24T10:30:00.000Z',
  paymentDeadline: '2026-11-25T03:10:00.000Z',
  payment: { refunded: 0, url: null, reason: null, expectedAt: null, ...payment },
  timeline: types.map((type) => ({ at, type, detail: {} })),
  ...more,
});
const late = { paymentDeadline: '2026-11-25T03:00:00.000Z' };

describe('a reservation in words', () => {
  it.each([
    [item('awaiting_payment', { status: 'requested' }), 'paying'],
    [item('awaiting_payment', { status: 'action_required', url: 'https://pay.example' }), 'action'],
    [item('awaiting_payment', { status: 'deferred' }), 'deferred'],
    [item('awaiting_payment', { status: 'declined' }, ['SeatsReserved', 'PaymentDeclined']), 'declined'],
    [item('awaiting_payment', { status: 'declined' }, ['PaymentDeclined', 'PaymentRequested']), 'paying'],
    [
      item('awaiting_payment', { status: 'declined' }, ['PaymentDeclined', 'PaymentRequested', 'PaymentDeclined']),
      'declined',
    ],
    [item('awaiting_payment', { status: 'approved' }), 'confirming'],
    [item('awaiting_payment', { status: 'cancelled' }), 'lapsing'],
    [item('awaiting_payment', { status: 'requested' }, [], late), 'lapsing'],
    // Paid in time, and only the confirmation is late.
    [item('awaiting_payment', { status: 'approved' }, [], late), 'confirming'],
    [item('confirmed', { status: 'approved' }), 'confirmed'],
    // The two roads: the confirmation is here before the payment's news.
    [item('confirmed', { status: 'requested' }), 'confirmed'],
    [item('confirmed', { status: 'approved' }, [], { startsAt: at }), 'over'],
    [item('cancelled', { status: 'requested' }), 'cancelling'],
    [item('cancelled', { status: 'approved' }), 'refunding'],
    [item('cancelled', { status: 'cancelled' }), 'cancelled'],
    [item('cancelled', { status: 'cancelled', refunded: 5000 }, ['PaymentApproved']), 'refunded'],
    [item('expired', { status: 'declined' }), 'expiring'],
    [item('expired', { status: 'approved' }), 'refunding'],
    [item('expired', { status: 'cancelled' }), 'expired'],
    [item('expired', { status: 'cancelled', refunded: 5000 }), 'expiredRefunded'],
  ] as const)('%# is %s', (facts, state) => {
    expect(stateOf(facts as MyPageItem, NOW)).toBe(state);
  });

  it('has a text for every state, counts down only where the customer may act or wait, and offers to cancel what is live', () => {
    const states = Object.keys(en.words) as State[];
    expect(states.filter(isCounting)).toEqual(['paying', 'action', 'declined']);
    expect(states.filter(isCancellable)).toEqual([
      'paying',
      'action',
      'declined',
      'deferred',
      'confirming',
      'confirmed',
    ]);
    for (const state of states) expect(badgeOf(state).text).toMatch(/^status\./);
  });
});
