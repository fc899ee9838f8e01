import fc from 'fast-check';

/** What may happen to the seats of one performance with two grades, in any order. Reservations and customers are few, so that they meet. */
export type Step =
  | { type: 'hold'; requests: Request[] }
  | { type: 'sell' | 'release'; reservation: number }
  | { type: 'capacity'; grade: number; capacity: number };

export interface Request {
  reservation: number;
  customer: number;
  /** Seats of each grade; none of one is no line. */
  seats: [number, number];
}

export const MAX_PER_CUSTOMER = 6;
export const CAPACITY = 8;
export const GRADES = 2;

const RESERVATIONS = 8;
const reservation = fc.nat(RESERVATIONS - 1);

const request: fc.Arbitrary<Request> = fc
  .record({
    reservation,
    customer: fc.nat(2),
    seats: fc.tuple(fc.nat(4), fc.nat(3)),
  })
  .filter(({ seats }) => seats[0] + seats[1] > 0);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('hold' as const),
        requests: fc.array(request, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('sell' as const, 'release' as const), reservation }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('capacity' as const), grade: fc.nat(GRADES - 1), capacity: fc.nat(12) }),
    },
  ),
  { minLength: 1, maxLength: 20 },
);

interface ModelHold {
  state: 'held' | 'sold' | 'released';
  customer: number;
  seats: [number, number];
}

/** What has to come of it, in the plainest words. */
export class Model {
  readonly capacity = [CAPACITY, CAPACITY];
  readonly holds = new Map<number, ModelHold>();

  taken(grade: number): number {
    return this.live().reduce((sum, { seats }) => sum + seats[grade]!, 0);
  }

  free(grade: number): number {
    return this.capacity[grade]! - this.taken(grade);
  }

  ofCustomer(customer: number): number {
    return this.live().reduce((sum, hold) => sum + (hold.customer === customer ? hold.seats[0] + hold.seats[1] : 0), 0);
  }

  /** The outcome of the step: one for each request of a hold, none of what cannot fail. */
  apply(step: Step): string[] {
    switch (step.type) {
      case 'hold':
        return step.requests.map((wanted) => this.hold(wanted));
      case 'capacity':
        return [this.change(step.grade, step.capacity)];
      case 'sell':
        if (this.holds.get(step.reservation)?.state === 'held') this.holds.get(step.reservation)!.state = 'sold';
        return [];
      case 'release': {
        // A release before its hold leaves a tombstone.
        const hold: ModelHold = this.holds.get(step.reservation) ?? { state: 'released', customer: -1, seats: [0, 0] };
        this.holds.set(step.reservation, { ...hold, state: 'released' });
        return [];
      }
    }
  }

  private hold({ reservation, customer, seats }: Request): string {
    const known = this.holds.get(reservation);
    if (known) return known.state !== 'released' && known.customer === customer ? 'held' : 'hold-ended';
    if (this.ofCustomer(customer) + seats[0] + seats[1] > MAX_PER_CUSTOMER) return 'customer-limit-reached';
    if (seats.some((wanted, grade) => wanted > this.free(grade))) return 'seats-unavailable';
    this.holds.set(reservation, { state: 'held', customer, seats });
    return 'held';
  }

  private change(grade: number, capacity: number): string {
    if (capacity < this.taken(grade)) return 'capacity-below-taken';
    this.capacity[grade] = capacity;
    return 'changed';
  }

  private live(): ModelHold[] {
    return [...this.holds.values()].filter(({ state }) => state !== 'released');
  }
}
