import fc from 'fast-check';
import { CAPACITY, GRADES, MAX_PER_CUSTOMER, Model, steps, type Request, type Step } from '../../test/any-order';
import { decideHolds, type SeatHold, type WantedHold } from './hold';
import { seatsOf, type Offer } from './offer';

const now = new Date('2026-11-23T09:00:00Z');
const offer: Offer = {
  musicalId: 'm1',
  musical: 'Hadestown',
  performanceId: 'p1',
  startsAt: new Date('2026-12-24T10:30:00Z'),
  venue: 'Charlotte Theater',
  maxPerCustomer: MAX_PER_CUSTOMER,
  grades: [0, 1].map((grade) => ({ id: `g${grade}`, name: `G${grade}`, price: 1_000 })),
};
const wanted = ({ reservation, customer, seats }: Request): WantedHold => ({
  reservationId: `r${reservation}`,
  customerId: `c${customer}`,
  lines: seats.flatMap((count, grade) =>
    count > 0 ? [{ gradeId: `g${grade}`, grade: `G${grade}`, seats: count, price: 1_000 }] : [],
  ),
});

/** The rows of the store as decideHolds is given them, and what it decides written back. */
class Rows {
  readonly capacity = [CAPACITY, CAPACITY];
  readonly holds = new Map<string, SeatHold>();

  taken(grade: number): number {
    return this.sum((hold) => hold.lines.filter(({ gradeId }) => gradeId === `g${grade}`));
  }
  ofCustomer(customerId: string): number {
    return this.sum((hold) => (hold.customerId === customerId ? hold.lines : []));
  }
  free = () => [0, 1].map((grade) => this.capacity[grade]! - this.taken(grade));

  apply(step: Step): string[] {
    switch (step.type) {
      case 'hold': {
        const requests = step.requests.map(wanted);
        const { verdicts, granted } = decideHolds(offer, requests, this.stock(requests), now);
        for (const hold of granted) this.holds.set(hold.reservationId, hold);
        return verdicts.map(({ kind }) => kind);
      }
      case 'capacity':
        if (step.capacity < this.taken(step.grade)) return ['capacity-below-taken'];
        this.capacity[step.grade] = step.capacity;
        return ['changed'];
      case 'sell':
      case 'release': {
        const id = `r${step.reservation}`;
        const tombstone: SeatHold = {
          reservationId: id,
          performanceId: null,
          customerId: '',
          lines: [],
          state: 'released',
        };
        const hold = this.holds.get(id);
        if (step.type === 'release') this.holds.set(id, hold ? { ...hold, state: 'released' } : tombstone);
        else if (hold?.state === 'held') this.holds.set(id, { ...hold, state: 'sold' });
        return [];
      }
    }
  }

  private stock(requests: WantedHold[]) {
    return {
      holds: requests.flatMap(({ reservationId }) => this.holds.get(reservationId) ?? []),
      free: new Map(this.free().map((seats, grade) => [`g${grade}`, seats])),
      counted: new Map(requests.map(({ customerId }) => [customerId, this.ofCustomer(customerId)])),
    };
  }
  private sum(lines: (hold: SeatHold) => SeatHold['lines']): number {
    return [...this.holds.values()].reduce(
      (sum, hold) => sum + (hold.state === 'released' ? 0 : seatsOf(lines(hold))),
      0,
    );
  }
}

test('holds, sales, releases and new capacities in any order: what is decided is what has to come of it', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const rows = new Rows();
      const model = new Model();
      for (const step of story) {
        expect(rows.apply(step)).toEqual(model.apply(step));
        for (let grade = 0; grade < GRADES; grade++) {
          expect(rows.free()[grade]).toBe(model.free(grade));
          expect(model.free(grade)).toBeGreaterThanOrEqual(0);
        }
        for (const customer of [0, 1, 2]) expect(rows.ofCustomer(`c${customer}`)).toBeLessThanOrEqual(MAX_PER_CUSTOMER);
      }
    }),
    { numRuns: 200 },
  );
});
