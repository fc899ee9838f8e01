import fc from 'fast-check';
import { advanced, type AdmissionRules, type Load } from './admission';
import { newWaitingRoom, standingOf, switched, type WaitingRoom } from './waiting-room';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 23, 9) + ms);
const rules: AdmissionRules = { slowestRate: 10, opensAtRate: 300, quietMs: 60_000 };
const QUIET: Load = { decided: 0, late: 0 };
const room = (overrides: Partial<WaitingRoom> = {}): WaitingRoom => ({
  ...newWaitingRoom('on', 100, at(0)),
  ...{ open: true, joined: 10_000 },
  ...overrides,
});
const after = (ms: number, load: Load = QUIET, of = room()) => advanced(of, load, rules, at(ms));

describe('the rate', () => {
  test('rises while those who are admitted hold in time', () => {
    expect(after(1_000, { decided: 90, late: 2 }).rate).toBeCloseTo(120);
  });

  test('falls below what is held while most holds are late', () => {
    expect(after(1_000, { decided: 60, late: 50 }).rate).toBeCloseTo(48);
    // Many who were admitted before may come at once: that is no reason to admit more.
    expect(after(1_000, { decided: 400, late: 400 }).rate).toBe(100);
  });

  test('stays when few of the admitted hold, and sinks slowly when nobody does', () => {
    expect(after(1_000, { decided: 20, late: 0 }).rate).toBe(100);
    expect(after(1_000).rate).toBe(90);
  });

  test('is never below the slowest, whatever is measured', () => {
    const slow = room({ rate: 10 });
    expect(after(1_000, QUIET, slow).rate).toBe(10);
    expect(after(1_000, { decided: 6, late: 6 }, slow).rate).toBe(10);
  });

  test('a few late holds are a hiccup', () => {
    expect(after(1_000, { decided: 4, late: 4 }).rate).toBe(100);
  });

  test('comes to what a path carries, from below and from above, and stays near it', () => {
    const capacity = 200;
    for (const start of [10, 2_000]) {
      let now = room({ rate: start, joined: 1_000_000 });
      let backlog = 0;
      const rates: number[] = [];
      for (let second = 1; second <= 120; second++) {
        const decided = Math.min(capacity, backlog);
        const late = backlog > 2 * capacity ? decided : 0;
        const next = advanced(now, { decided, late }, rules, at(second * 1_000));
        backlog += next.admitted - now.admitted - decided;
        now = next;
        if (second > 60) rates.push(next.rate);
      }
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      expect(mean).toBeGreaterThan(capacity * 0.7);
      expect(mean).toBeLessThan(capacity * 1.3);
      expect(backlog).toBeLessThan(capacity * 5);
    }
  });
});

describe('admissions', () => {
  test('are given for the time that has passed, and parts of one are not lost', () => {
    let now = room({ rate: 10 });
    for (let tick = 1; tick <= 40; tick++) now = advanced(now, QUIET, rules, at(tick * 250));
    expect(now.admitted).toBe(100);
  });

  test('are not more than have joined, and are not saved up', () => {
    const all = after(5_000, QUIET, room({ joined: 3 }));
    expect(all).toMatchObject({ admitted: 3, credit: 0 });
    expect(advanced({ ...all, joined: 5_000 }, QUIET, rules, at(6_000)).admitted).toBeLessThanOrEqual(3 + 100);
  });

  test('after a silence do not come as one wave', () => {
    expect(after(3_600_000).admitted).toBe(450);
  });

  test('of a clock that went back there are none', () => {
    expect(after(-5_000)).toEqual(room());
  });
});

describe('by itself', () => {
  const closed = room({ mode: 'automatic', open: false, start: 0, admitted: 0, joined: 0 });

  test('it opens when holds are asked for too fast, or most of them are late', () => {
    expect(after(1_000, { decided: 299, late: 0 }, closed).open).toBe(false);
    expect(after(1_000, { decided: 300, late: 0 }, closed)).toMatchObject({ open: true, rate: 300 });
    expect(after(1_000, { decided: 9, late: 5 }, closed)).toMatchObject({ open: true, rate: 10 });
    expect(after(1_000, { decided: 3, late: 3 }, closed).open).toBe(false);
  });

  test('it does not where an admin said no', () => {
    expect(after(1_000, { decided: 9_000, late: 9_000 }, { ...closed, mode: 'off' }).open).toBe(false);
  });

  test('it closes when for a while nobody has had to wait', () => {
    const empty = room({ mode: 'automatic', joined: 5, admitted: 5 });
    expect(after(59_999, QUIET, empty).open).toBe(true);
    expect(after(60_000, QUIET, empty).open).toBe(false);
    expect(after(60_000, QUIET, { ...empty, mode: 'on' }).open).toBe(true);
    expect(after(60_000, { decided: 60 * 300, late: 0 }, empty).open).toBe(true);
    expect(after(60_000, QUIET, { ...empty, joined: 9_000 }).open).toBe(true);
  });
});

type Step =
  | { type: 'join'; customer: number }
  | { type: 'time'; ms: number; load: Load }
  | { type: 'switch'; mode: WaitingRoom['mode'] }
  | { type: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('join' as const), customer: fc.nat(15) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('time' as const),
      ms: fc.nat(3_000),
      load: fc.nat(2_000).chain((decided) => fc.record({ decided: fc.constant(decided), late: fc.nat(decided) })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('switch' as const),
      mode: fc.constantFrom<WaitingRoom['mode'][]>('on', 'off', 'automatic'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
);

/** The two tables of the store. */
class Rows {
  room: WaitingRoom;
  passes = new Map<number, number>();
  now = 0;

  constructor() {
    this.room = newWaitingRoom('automatic', rules.slowestRate, at(0));
  }

  apply(step: Step): void {
    switch (step.type) {
      case 'join':
        if (!this.room.open || (this.passes.get(step.customer) ?? 0) > this.room.start) return;
        this.room = { ...this.room, joined: this.room.joined + 1 };
        this.passes.set(step.customer, this.room.joined);
        return;
      case 'time':
        this.now += step.ms;
        this.room = advanced(this.room, step.load, { ...rules, slowestRate: 1, quietMs: 4_000 }, at(this.now));
        return;
      case 'switch':
        this.room = switched(this.room, step.mode, 1, at(this.now));
        return;
      case 'restart': {
        // What is in memory is gone: only rows count.
        const { busyAt, measuredAt, ...rest } = JSON.parse(JSON.stringify(this.room)) as Record<string, never>;
        this.room = {
          ...(rest as unknown as WaitingRoom),
          busyAt: new Date(busyAt!),
          measuredAt: new Date(measuredAt!),
        };
      }
    }
  }
  standing = (customer: number) => standingOf(this.room, this.passes.get(customer));
}

test('joins, admissions, switches and restarts in any order: nobody is skipped, nobody twice, nobody waits for ever', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (story) => {
      const rows = new Rows();
      let order: number[] = [];
      let admittedBefore = new Set<number>();
      for (const one of story) {
        const before = rows.room;
        rows.apply(one);
        const { open, start, admitted, joined } = rows.room;
        expect(start).toBeLessThanOrEqual(admitted);
        expect(admitted).toBeLessThanOrEqual(joined);
        expect(admitted).toBeGreaterThanOrEqual(before.admitted);
        if (start !== before.start || !open) [order, admittedBefore] = [[], new Set()];
        if (!open) continue;
        if (one.type === 'join' && !order.includes(one.customer)) order.push(one.customer);

        // Positions are 1, 2, 3 in the order of joining, whatever else happens.
        expect(order.map((customer) => rows.standing(customer).position)).toEqual(order.map((_, index) => index + 1));
        // Those who may reserve are the first ones, and whoever may once, may from then on.
        const admittedNow = order.filter((customer) => rows.standing(customer).admitted);
        expect(admittedNow).toEqual(order.slice(0, admittedNow.length));
        for (const customer of admittedBefore) expect(admittedNow).toContain(customer);
        admittedBefore = new Set(admittedNow);
        for (let customer = 0; customer < 16; customer++)
          if (!order.includes(customer)) expect(rows.standing(customer).admitted).toBe(false);
      }
      // At the slowest, and though nobody holds.
      for (let second = 0; second < order.length; second++) rows.apply({ type: 'time', ms: 1_000, load: QUIET });
      for (const customer of order) expect(rows.standing(customer).admitted).toBe(true);
    }),
    { numRuns: 300 },
  );
});
