import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Inbox } from './inbox';
import type { Step } from './narrator';
import {
  beRefused,
  cancel,
  register,
  reserve,
  seeFreeSeats,
  seeMail,
  seeNotice,
  seeOnMyPage,
  seePayment,
} from './sights';
import type { Visitor } from './visitor';

interface Cast {
  admin: Visitor;
  alice: Visitor;
  /** Alice's; absent when the mails end elsewhere. */
  inbox?: Inbox;
}

const PRICE = 50_000;
const PAID = 10 * PRICE;

/** Walks the whole flow with a musical of this name; answers the reservation as My page shows it at the end. */
export async function tellStory(step: Step, { admin, alice, inbox }: Cast, name: string): Promise<MyPageItem> {
  const musical = await step('The admin registers 100 seats', () =>
    register(admin, { name, reservableSeats: 100, price: PRICE }),
  );
  const { id } = await step('Alice reserves 10 of them', () => reserve(alice, musical.id, 10));
  await step('90 seats are left', () => seeFreeSeats(alice, musical.id, 90));

  await step('The payment is approved', () =>
    seePayment(alice, id, { status: 'approved', captured: PAID, refunded: 0 }),
  );
  await step('Alice is notified', () => seeNotice(alice, id, 'confirmed'));
  if (inbox) await step('The mail is in her inbox', () => seeMail(inbox, name, 1));
  await step('My page shows it', () =>
    seeOnMyPage(alice, id, { status: 'confirmed', payment: 'approved', notices: ['confirmed'], timeline: PAID_STORY }),
  );

  await step('Reserving 91 more is refused', () => beRefused(alice, musical.id, 91, 90));

  await step('Alice cancels', () => cancel(alice, id));
  await step('The payment is cancelled', () =>
    seePayment(alice, id, { status: 'cancelled', captured: PAID, refunded: PAID }),
  );
  await step('Alice is notified of the refund', () => seeNotice(alice, id, 'refunded'));
  if (inbox) await step('That mail is in her inbox too', () => seeMail(inbox, name, 2));
  await step('100 seats are left', () => seeFreeSeats(alice, musical.id, 100));
  return step('My page tells the whole story', () =>
    seeOnMyPage(alice, id, {
      status: 'cancelled',
      payment: 'cancelled',
      notices: ['confirmed', 'refunded'],
      timeline: [...PAID_STORY, ...CANCELLED_STORY],
    }),
  );
}

const PAID_STORY = ['SeatsReserved', 'PaymentApproved', 'ReservationConfirmed', 'NotificationSent'];
const CANCELLED_STORY = ['ReservationCancelled', 'SeatsReleased', 'PaymentCancelled'];
