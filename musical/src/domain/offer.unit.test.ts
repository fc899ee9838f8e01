import { choose, heldSeats, seatsOf, type Offer } from './offer';

const offer = (overrides: Partial<Offer> = {}): Offer => ({
  musicalId: 'm1',
  musical: 'Hadestown',
  performanceId: 'p1',
  startsAt: new Date('2026-12-24T10:30:00Z'),
  venue: 'Charlotte Theater',
  maxPerCustomer: null,
  grades: [{ id: 'g1', name: 'VIP', price: 170_000 }],
  ...overrides,
});
const R = { id: 'g2', name: 'R', price: 140_000 };

describe('by musical', () => {
  const wanted = { musicalId: 'm1', seats: 3 };

  test('with one performance and one grade there is nothing to choose', () => {
    expect(choose(wanted, [offer()])).toEqual({
      kind: 'chosen',
      offer: offer(),
      lines: [{ gradeId: 'g1', grade: 'VIP', seats: 3, price: 170_000 }],
    });
  });

  test('of several performances the customer has to choose', () => {
    expect(choose(wanted, [offer(), offer({ performanceId: 'p2' })])).toEqual({ kind: 'ambiguous' });
  });

  test('of several grades too', () => {
    expect(choose(wanted, [offer({ grades: [...offer().grades, R] })])).toEqual({ kind: 'ambiguous' });
  });

  test('an unknown one is told', () => {
    expect(choose(wanted, [])).toEqual({ kind: 'unknown', what: 'musical' });
  });
});

describe('by performance', () => {
  const both = offer({ grades: [...offer().grades, R] });
  const wanted = (...lines: { grade: string; seats: number }[]) => ({ performanceId: 'p1', lines });

  test('every line gets its price, in the order in which they were asked for', () => {
    expect(choose(wanted({ grade: 'R', seats: 2 }, { grade: 'VIP', seats: 1 }), [both])).toMatchObject({
      kind: 'chosen',
      lines: [
        { gradeId: 'g2', grade: 'R', seats: 2, price: 140_000 },
        { gradeId: 'g1', grade: 'VIP', seats: 1, price: 170_000 },
      ],
    });
  });

  test('an unknown performance or grade is told', () => {
    expect(choose(wanted({ grade: 'R', seats: 1 }), [])).toEqual({ kind: 'unknown', what: 'performance' });
    expect(choose(wanted({ grade: 'VIP', seats: 1 }, { grade: 'vip', seats: 1 }), [both])).toEqual({
      kind: 'unknown',
      what: 'grade vip',
    });
  });
});

test('the answer to a hold has the price of all its seats', () => {
  const lines = [
    { gradeId: 'g1', grade: 'VIP', seats: 1, price: 170_000 },
    { gradeId: 'g2', grade: 'R', seats: 2, price: 140_000 },
  ];
  expect(seatsOf(lines)).toBe(3);
  expect(heldSeats('r1', offer(), lines)).toEqual({
    reservationId: 'r1',
    musicalId: 'm1',
    musical: 'Hadestown',
    performanceId: 'p1',
    startsAt: '2026-12-24T10:30:00.000Z',
    venue: 'Charlotte Theater',
    lines,
    seats: 3,
    price: 450_000,
  });
});
