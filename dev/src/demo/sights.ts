import { eventually } from '@outerpark/chassis/testing/eventually';
import { musical, type Musical, type RegisterMusical } from '@outerpark/contracts/http/musicals';
import { myPageItem, type MyPageItem } from '@outerpark/contracts/http/mypage';
import { notice } from '@outerpark/contracts/http/notifications';
import { payment, type Payment } from '@outerpark/contracts/http/payments';
import { problem } from '@outerpark/contracts/http/problems';
import { reservation, type Reservation } from '@outerpark/contracts/http/reservations';
import type { NoticeKind } from '@outerpark/contracts/notification-events';
import { Difference, same } from './difference';
import type { Inbox } from './inbox';
import type { Seen } from './narrator';
import type { Visitor } from './visitor';
import { won } from './won';

// What a step does and looks at. Each throws a Difference when it sees something else, and what arrives by events is looked
// for again until it is there.
const soon = <T>(look: () => Promise<Seen<T>>): Promise<Seen<T>> =>
  eventually(look, { withinMs: 30_000, everyMs: 100 });

export async function register(admin: Visitor, wanted: RegisterMusical): Promise<Seen<Musical>> {
  const registered = await admin.call('POST', '/api/musicals', { status: 201, shape: musical }, wanted);
  return [`"${registered.name}", ${won(registered.performances[0]!.grades[0]!.price)} a seat`, registered];
}

export async function reserve(customer: Visitor, musicalId: string, seats: number): Promise<Seen<Reservation>> {
  const expected = { status: 201, shape: reservation };
  const reserved = await customer.call('POST', '/api/reservations', expected, { musicalId, seats });
  same('seats', reserved.seats, seats);
  const { price, status, paymentDeadline } = reserved;
  return [`${status}, ${won(price)}, to be paid by ${paymentDeadline.slice(11, 19)} UTC`, reserved];
}

export async function beRefused(
  customer: Visitor,
  musicalId: string,
  seats: number,
  free: number,
): Promise<Seen<void>> {
  const expected = { status: 409, shape: problem };
  const refused = await customer.call('POST', '/api/reservations', expected, { musicalId, seats });
  same('problem', refused.type, 'urn:outerpark:problem:seats-unavailable');
  same('free seats', refused.free, free);
  return [`409 seats-unavailable, ${free} free`, undefined];
}

export async function cancel(customer: Visitor, id: string): Promise<Seen<void>> {
  const cancelled = await customer.call('DELETE', `/api/reservations/${id}`, { status: 200, shape: reservation });
  same('reservation', cancelled.status, 'cancelled');
  return [cancelled.status, undefined];
}

export const seeFreeSeats = (customer: Visitor, musicalId: string, expected: number): Promise<Seen<void>> =>
  soon(async () => {
    const shown = await customer.call('GET', `/api/musicals/${musicalId}`, { status: 200, shape: musical });
    const { free, capacity } = shown.performances[0]!.grades[0]!;
    same('free seats', free, expected);
    return [`${free} of ${capacity} free`, undefined];
  });

export const seePayment = (
  customer: Visitor,
  id: string,
  expected: Pick<Payment, 'status' | 'captured' | 'refunded'>,
): Promise<Seen<void>> =>
  soon(async () => {
    const seen = await customer.find('/api/payments', payment, ({ reservationId }) => reservationId === id);
    same('payment', seen?.status, expected.status);
    same('captured', seen?.captured, expected.captured);
    same('refunded', seen?.refunded, expected.refunded);
    return [`${expected.status}, ${won(expected.captured)} captured, ${won(expected.refunded)} refunded`, undefined];
  });

export const seeNotice = (customer: Visitor, id: string, kind: NoticeKind): Promise<Seen<void>> =>
  soon(async () => {
    const sent = await customer.find('/api/notifications', notice, (n) => n.reservationId === id && n.kind === kind);
    same(`notice "${kind}"`, sent?.status, 'sent');
    return [`"${kind}" by ${sent?.deliveries.at(-1)?.channel}`, undefined];
  });

export const seeMail = (inbox: Inbox, about: string, count: number): Promise<Seen<void>> =>
  soon(async () => {
    const mails = await inbox.about(about);
    same(`mails about "${about}"`, mails.length, count);
    return [`"${mails.at(-1)!.subject}"`, undefined];
  });

export const seeOnMyPage = (
  customer: Visitor,
  id: string,
  expected: { status: string; payment: string; notices: NoticeKind[]; timeline: string[] },
): Promise<Seen<MyPageItem>> =>
  soon(async () => {
    const item = await customer.find('/api/mypage', myPageItem, (each) => each.id === id);
    if (!item) throw new Difference(`reservation ${id} on My page`, 'not there');
    same('reservation', item.status, expected.status);
    same('payment', item.payment.status, expected.payment);
    same('notices', item.notifications.map(({ kind }) => kind).join(', '), expected.notices.join(', '));
    const told = item.timeline.map(({ type }) => type);
    const missing = expected.timeline.filter((type) => !told.includes(type));
    if (missing.length > 0) throw new Difference(`in the timeline also ${missing.join(', ')}`, told.join(', '));
    return [`${item.seats} seats ${item.status}, payment ${item.payment.status}, ${told.length} entries`, item];
  });
