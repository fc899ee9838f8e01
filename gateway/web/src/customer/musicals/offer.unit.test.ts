import { hasBegun, lowestPrice, supplyOf, together, upcoming, type Performance } from './offer';

const performance = (startsAt: string, ...grades: [price: number, capacity: number, free: number][]): Performance => ({
  id: startsAt,
  startsAt,
  venue: 'Hall',
  maxPerCustomer: null,
  grades: grades.map(([price, capacity, free], index) => ({
    id: String(index),
    name: `G${index}`,
    price,
    capacity,
    free,
  })),
});
const early = performance('2099-05-01T10:30:00.000Z', [150_000, 40, 3], [90_000, 600, 200]);
const late = performance('2099-05-02T10:30:00.000Z', [150_000, 40, 0]);

describe('what is on offer', () => {
  it.each([
    [0, 40, 'soldOut'],
    [3, 40, 'few'],
    [10, 40, 'few'],
    [11, 40, 'free'],
    [30, 600, 'few'],
    [31, 600, 'free'],
    // A small house that nobody has booked yet is not running out.
    [8, 8, 'free'],
    [0, 0, 'soldOut'],
  ] as const)('%i of %i free seats are %s', (free, capacity, supply) => {
    expect(supplyOf({ free, capacity })).toBe(supply);
  });

  it('adds up the seats of all grades and finds the lowest price', () => {
    expect(together([early, late])).toEqual({ free: 203, capacity: 680 });
    expect(lowestPrice([early, late])).toBe(90_000);
    expect(lowestPrice([])).toBeNull();
  });

  it('shows what is ahead, soonest first, and the past only when there is nothing else', () => {
    const between = Date.parse('2099-05-02T00:00:00.000Z');
    expect(upcoming([late, early], 0)).toEqual([early, late]);
    expect(upcoming([late, early], between)).toEqual([late]);
    expect(upcoming([late, early], between + 86_400_000)).toEqual([early, late]);
    expect(hasBegun(early, Date.parse(early.startsAt))).toBe(true);
    expect(hasBegun(early, Date.parse(early.startsAt) - 1)).toBe(false);
  });
});
