import { MOST_BUCKETS, type SalesBucket, type SalesQuery, type Sold } from '@outerpark/contracts/http/sales';
import fc from 'fast-check';
import { asBuckets, salesRange, type Counted, type SalesRange } from './sales';

const now = new Date('2026-11-23T10:30:00.000Z');
const range = (query: Partial<SalesQuery>): SalesRange => {
  const found = salesRange({ by: 'day', ...query }, now);
  if ('path' in found) throw new Error(found.message);
  return found;
};
const startsOf = (query: Partial<SalesQuery>) => asBuckets(range(query), []).map(({ from }) => from);

test.each<[string, Partial<SalesQuery>, string[]]>([
  ['nothing', { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, []],
  ['nothing within a day', { from: '2026-01-01T10:30:00Z', to: '2026-01-01T10:30:00Z' }, []],
  ['one day', { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }, ['2026-01-01T00:00:00.000Z']],
  ['its last second', { from: '2026-01-01T23:59:59Z', to: '2026-01-02T00:00:00Z' }, ['2026-01-01T00:00:00.000Z']],
  [
    'a second on both sides of midnight',
    { from: '2026-01-01T23:59:59Z', to: '2026-01-02T00:00:01Z' },
    ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
  ],
  [
    'the hours at the end of a leap day',
    { by: 'hour', from: '2028-02-29T22:59:59.999Z', to: '2028-03-01T00:00:00.001Z' },
    ['2028-02-29T22:00:00.000Z', '2028-02-29T23:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ],
  [
    'the night on which clocks change elsewhere',
    { by: 'hour', from: '2026-03-29T00:00:00Z', to: '2026-03-29T03:00:00Z' },
    ['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T02:00:00.000Z'],
  ],
  ['time before 1970', { from: '1969-12-31T01:00:00Z', to: '1969-12-31T02:00:00Z' }, ['1969-12-31T00:00:00.000Z']],
  ['the first day', { to: '0001-01-01T12:00:00Z' }, ['0001-01-01T00:00:00.000Z']],
  [
    'the last hour',
    { by: 'hour', from: '9999-12-31T23:00:00Z', to: '9999-12-31T23:59:59.999Z' },
    ['9999-12-31T23:00:00.000Z'],
  ],
])('the buckets of %s', (_, query, starts) => {
  expect(startsOf(query)).toEqual(starts);
});

test('without a range it is the last 30 days by day, the last 48 hours by hour', () => {
  const days = startsOf({});
  expect([days.length, days[0], days.at(-1)]).toEqual([31, '2026-10-24T00:00:00.000Z', '2026-11-23T00:00:00.000Z']);
  const hours = startsOf({ by: 'hour' });
  expect([hours.length, hours[0], hours.at(-1)]).toEqual([49, '2026-11-21T10:00:00.000Z', '2026-11-23T10:00:00.000Z']);
});

test.each<[Partial<SalesQuery>, string]>([
  [
    { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
    'Must not lie after `to`, which is now unless it is given',
  ],
  [{ from: '2026-11-23T10:30:00.001Z' }, 'Must not lie after `to`, which is now unless it is given'],
  [{ from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' }, 'At most 1000 days at once'],
  [{ by: 'hour', from: '2026-01-01T00:00:00Z', to: '2026-02-11T16:00:00.001Z' }, 'At most 1000 hours at once'],
])('%j is refused', (query, message) => {
  expect(salesRange({ by: 'day', ...query }, now)).toEqual({ path: 'from', message });
});

test('the longest range is not refused', () => {
  const hours = startsOf({ by: 'hour', from: '2026-01-01T00:00:00Z', to: '2026-02-11T16:00:00Z' });
  expect(hours).toHaveLength(MOST_BUCKETS);
});

const STEP = { hour: 3_600_000, day: 86_400_000 };
const time = fc.date({ min: new Date('1960-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const ranges = fc
  .record({
    by: fc.constantFrom('hour' as const, 'day' as const),
    from: time,
    buckets: fc.double({ min: 0, max: 40, noNaN: true }),
  })
  .map(({ by, from, buckets }): SalesRange => ({ by, from, to: new Date(from.getTime() + buckets * STEP[by]) }));
const sale = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  what: fc.constantFrom('sold' as const, 'cancelled' as const),
  seats: fc.integer({ min: 1, max: 9 }),
  amount: fc.integer({ min: 0, max: 1_000_000 }),
});

test('whatever happened in the range is in just one bucket, and buckets follow each other', () => {
  fc.assert(
    fc.property(ranges, fc.array(sale), (range, sales) => {
      const { by, from, to } = range;
      const step = STEP[by];
      const counted = from < to ? countedAs(range, sales) : [];
      const buckets = asBuckets(range, counted);
      buckets.forEach((bucket, index) => {
        const start = new Date(bucket.from).getTime();
        expect(start % step).toBe(start < 0 ? -0 : 0);
        expect(start + step).toBeGreaterThan(from.getTime());
        expect(start).toBeLessThan(to.getTime());
        if (index > 0) expect(start - new Date(buckets[index - 1]!.from).getTime()).toBe(step);
      });
      for (const what of ['sold', 'cancelled'] as const) {
        const of = (bucket: SalesBucket): Sold => (what === 'sold' ? bucket : bucket.cancelled);
        const expected = counted.filter((one) => one.what === what);
        expect(sum(buckets.map(of))).toEqual(sum(expected));
      }
    }),
  );
});

/** As the database counts: one row for each bucket in which something happened. */
function countedAs(
  { by, from, to }: SalesRange,
  sales: { at: number; what: Counted['what']; seats: number; amount: number }[],
) {
  const rows = new Map<string, Counted>();
  for (const { at, what, seats, amount } of sales) {
    const time = Math.floor(from.getTime() + at * (to.getTime() - from.getTime()));
    const start = new Date(Math.floor(time / STEP[by]) * STEP[by]);
    const row = rows.get(`${what} ${start.getTime()}`) ?? { what, from: start, reservations: 0, seats: 0, amount: 0 };
    rows.set(`${what} ${start.getTime()}`, {
      ...row,
      reservations: row.reservations + 1,
      seats: row.seats + seats,
      amount: row.amount + amount,
    });
  }
  return [...rows.values()];
}

const sum = (all: Sold[]) => ({
  reservations: all.reduce((total, { reservations }) => total + reservations, 0),
  seats: all.reduce((total, { seats }) => total + seats, 0),
  amount: all.reduce((total, { amount }) => total + amount, 0),
});
