import { decideHolds, type SeatHold, type Stock, type WantedHold } from './hold';
import type { Offer } from './offer';

const now = new Date('2026-11-23T09:00:00Z');
const offer = (overrides: Partial<Offer> = {}): Offer => ({
  musicalId: 'm1',
  musical: 'Hadestown',
  performanceId: 'p1',
  startsAt: new Date('2026-12-24T10:30:00Z'),
  venue: 'Charlotte Theater',
  maxPerCustomer: null,
  grades: [
    { id: 'vip', name: 'VIP', price: 170_000 },
    { id: 'r', name: 'R', price: 140_000 },
  ],
  ...overrides,
});
const line = (gradeId: string, seats: number) => ({ gradeId, grade: gradeId.toUpperCase(), seats, price: 1_000 });
const wants = (reservationId: string, seats: number, { by = 'alice', of = 'vip' } = {}): WantedHold => ({
  reservationId,
  customerId: by,
  lines: [line(of, seats)],
});
const stock = (free: Record<string, number>, rest: Partial<Stock> = {}): Stock => ({
  holds: [],
  counted: new Map(),
  ...rest,
  free: new Map(Object.entries(free)),
});
const decide = (requests: WantedHold[], on: Stock, of = offer(), at = now) => {
  const { verdicts, granted } = decideHolds(of, requests, on, at);
  return {
    kinds: verdicts.map(({ kind }) => kind),
    verdicts,
    granted: granted.map(({ reservationId }) => reservationId),
  };
};

test('seats go in order of arrival, and a smaller wish may still fit', () => {
  const { verdicts, granted } = decide([wants('a', 3), wants('b', 3), wants('c', 2)], stock({ vip: 5 }));
  expect(verdicts).toEqual([
    { kind: 'held', lines: [line('vip', 3)] },
    { kind: 'seats-unavailable', grade: 'VIP', wanted: 3, free: 2 },
    { kind: 'held', lines: [line('vip', 2)] },
  ]);
  expect(granted).toEqual(['a', 'c']);
});

test('all lines or none: a line that does not fit leaves the others to the next', () => {
  const both: WantedHold = { ...wants('a', 1), lines: [line('vip', 2), line('r', 2)] };
  const { verdicts, granted } = decide([both, wants('b', 2)], stock({ vip: 2, r: 1 }));
  expect(verdicts).toEqual([
    { kind: 'seats-unavailable', grade: 'R', wanted: 2, free: 1 },
    { kind: 'held', lines: [line('vip', 2)] },
  ]);
  expect(granted).toEqual(['b']);
});

test('what was read stays as it was', () => {
  const read = stock({ vip: 5 });
  decide([wants('a', 3)], read);
  expect(read.free.get('vip')).toBe(5);
});

test('twice in one round is one hold', () => {
  const { kinds, granted } = decide([wants('a', 3), wants('a', 3)], stock({ vip: 4 }));
  expect(kinds).toEqual(['held', 'held']);
  expect(granted).toEqual(['a']);
});

describe('a reservation that was here before', () => {
  const before = (overrides: Partial<SeatHold> = {}) => [
    { ...wants('a', 2), performanceId: 'p1', state: 'held' as const, ...overrides },
  ];

  test('gets what it got, though nothing is free and the performance has begun', () => {
    const soldOut = stock({ vip: 0 }, { holds: before() });
    const { verdicts, granted } = decide([wants('a', 2)], soldOut, offer({ startsAt: now }));
    expect(verdicts).toEqual([{ kind: 'held', lines: [line('vip', 2)] }]);
    expect(granted).toEqual([]);
  });

  test.each<[string, Partial<SeatHold>]>([
    ['has ended', { state: 'released' }],
    ['ended before it was made', { state: 'released', performanceId: null, lines: [] }],
    ["is another customer's", { customerId: 'bob' }],
    ['is of another performance', { performanceId: 'p2' }],
  ])('is refused when its hold %s', (_, overrides) => {
    const { kinds, granted } = decide([wants('a', 2)], stock({ vip: 9 }, { holds: before(overrides) }));
    expect(kinds).toEqual(['hold-ended']);
    expect(granted).toEqual([]);
  });

  test('keeps its seats when they are sold', () => {
    expect(decide([wants('a', 2)], stock({ vip: 9 }, { holds: before({ state: 'sold' }) })).kinds).toEqual(['held']);
  });
});

test('nothing is held of a performance that has begun', () => {
  expect(decide([wants('a', 1)], stock({ vip: 9 }), offer({ startsAt: now })).kinds).toEqual(['performance-over']);
});

describe('with a waiting room', () => {
  const queue = (open: boolean) => ({
    room: { mode: 'on' as const, open, start: 0, admitted: 1, joined: 2, rate: 10 },
    positions: new Map([
      ['alice', 1],
      ['bob', 2],
    ]),
  });
  const three = [wants('a', 2), wants('b', 2, { by: 'bob' }), wants('c', 2, { by: 'carol' })];

  test('seats go to those who are admitted, and the others are told where they stand', () => {
    const { verdicts, granted } = decide(three, stock({ vip: 9 }, { queue: queue(true) }));
    expect(granted).toEqual(['a']);
    expect(verdicts.slice(1)).toMatchObject([
      { kind: 'waiting-room', standing: { position: 2, ahead: 0 } },
      { kind: 'waiting-room', standing: { position: null, ahead: 1 } },
    ]);
  });

  test('everybody may while it is closed', () => {
    expect(decide(three, stock({ vip: 9 }, { queue: queue(false) })).granted).toEqual(['a', 'b', 'c']);
  });

  test('what was held before stays held', () => {
    const held = [{ ...wants('b', 2, { by: 'bob' }), performanceId: 'p1', state: 'held' as const }];
    expect(decide(three, stock({ vip: 9 }, { holds: held, queue: queue(true) })).kinds[1]).toBe('held');
  });
});

describe('with a limit for each customer', () => {
  const limited = offer({ maxPerCustomer: 4 });

  test('what the customer has counts, and what this round gives too', () => {
    const counted = new Map([['alice', 2]]);
    const { verdicts, granted } = decide(
      [wants('a', 3), wants('b', 1), wants('c', 1), wants('d', 1), wants('e', 4, { by: 'bob' })],
      stock({ vip: 99 }, { counted }),
      limited,
    );
    expect(verdicts.map(({ kind }) => kind)).toEqual([
      'customer-limit-reached',
      'held',
      'held',
      'customer-limit-reached',
      'held',
    ]);
    expect(verdicts[0]).toEqual({ kind: 'customer-limit-reached', maxPerCustomer: 4 });
    expect(granted).toEqual(['b', 'c', 'e']);
  });

  test('seats that were not free do not count', () => {
    const { kinds } = decide([wants('a', 4), wants('b', 4, { of: 'r' })], stock({ vip: 3, r: 4 }), limited);
    expect(kinds).toEqual(['seats-unavailable', 'held']);
  });
});
