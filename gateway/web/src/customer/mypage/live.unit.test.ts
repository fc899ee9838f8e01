import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import { learn, NOTHING_KNOWN, type Known, type News } from './live';

const item = (id: string, version = 1, status: MyPageItem['status'] = 'awaiting_payment') =>
  ({ id, version, status, paymentDeadline: 'd', timeline: [] }) as unknown as MyPageItem;
const after = (...news: News[]): Known => news.reduce(learn, NOTHING_KNOWN);
const snapshot = (items: MyPageItem[], next: string | null = null, asOf = 't1'): News => ({
  type: 'snapshot',
  page: { items, next, asOf },
  by: 'live',
});
const ids = ({ items }: Known) => items?.map(({ id }) => id);

describe('what the page knows of the reservations', () => {
  it('is nothing at first, and the first page after the snapshot', () => {
    expect(NOTHING_KNOWN.items).toBeNull();
    expect(after(snapshot([]))).toEqual({ items: [], next: null, asOf: 't1', connection: 'live' });
  });

  it('changes in its place, and a new reservation comes first', () => {
    const known = after(
      snapshot([item('b'), item('a')]),
      { type: 'changed', item: item('a', 2, 'confirmed'), asOf: 't2' },
      { type: 'changed', item: item('c'), asOf: null },
    );
    expect(ids(known)).toEqual(['c', 'b', 'a']);
    expect(known.items?.[2]?.status).toBe('confirmed');
    expect(known.asOf).toBe('t2');
  });

  it('keeps the older pages and their cursor over a new snapshot', () => {
    const known = after(
      snapshot([item('d'), item('c')], 'after-c'),
      { type: 'older', items: [item('b'), item('a')], next: 'after-a' },
      { type: 'lost', reachable: true },
      snapshot([item('e'), item('d')], 'after-d'),
    );
    expect(ids(known)).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(known.next).toBe('after-a');
    expect(known.connection).toBe('live');
  });

  it('holds to the answer of an action until the events have come as far', () => {
    const reservation = { id: 'a', version: 3, status: 'cancelled', paymentDeadline: 'd' } as Reservation;
    const answered = after(snapshot([item('a', 2, 'confirmed')]), { type: 'answered', reservation });
    const status = (known: Known) => known.items?.[0]?.status;
    expect(status(answered)).toBe('cancelled');
    const behind = learn(answered, { type: 'changed', item: item('a', 2, 'confirmed'), asOf: 't2' });
    expect(status(behind)).toBe('cancelled');
    expect(status(learn(behind, snapshot([item('a', 2, 'confirmed')])))).toBe('cancelled');
    expect(learn(behind, { type: 'changed', item: item('a', 3, 'cancelled'), asOf: 't3' }).items?.[0]?.version).toBe(3);
  });

  it('stays on the page while the stream is lost', () => {
    const lost = after(snapshot([item('a')]), { type: 'lost', reachable: false });
    expect(ids(lost)).toEqual(['a']);
    expect(lost.connection).toBe('offline');
    expect(learn(lost, { type: 'lost', reachable: true }).connection).toBe('reconnecting');
  });
});
