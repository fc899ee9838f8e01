import { addressOfFilters, filtersOf, isFiltered, NO_FILTERS, queryOfFilters, type Filters } from './filters';

const MUSICAL = '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11';
const PERFORMANCE = '7d1f0a52-7a53-4a4b-8f0e-3f6a5b7f6c21';
const all: Filters = {
  q: '헤드윅 & "co" +1%',
  status: 'confirmed',
  customerId: 'alice',
  musicalId: MUSICAL,
  performanceId: PERFORMANCE,
};

test('filters come back from their address, whatever is written in them', () => {
  expect(filtersOf(addressOfFilters(all))).toEqual(all);
  expect(filtersOf(new URLSearchParams(addressOfFilters(all).toString()))).toEqual(all);
  expect(filtersOf(addressOfFilters(NO_FILTERS))).toEqual(NO_FILTERS);
  expect(addressOfFilters(NO_FILTERS).toString()).toBe('');
});

test('what the API would refuse is left out', () => {
  expect(filtersOf(new URLSearchParams('status=paid&musical=1&performance=2&q=%20%20'))).toEqual(NO_FILTERS);
  expect([...filtersOf(new URLSearchParams({ q: '🎭'.repeat(300) })).q]).toHaveLength(255);
});

test('a performance counts within its musical only', () => {
  expect(filtersOf(new URLSearchParams({ performance: PERFORMANCE }))).toEqual(NO_FILTERS);
  expect(addressOfFilters({ ...NO_FILTERS, performanceId: PERFORMANCE }).toString()).toBe('');
});

test('the API is asked by its own names', () => {
  expect(Object.fromEntries(queryOfFilters(all))).toEqual({
    ...{ q: all.q, status: 'confirmed', customerId: 'alice', musicalId: MUSICAL, performanceId: PERFORMANCE },
  });
  expect(queryOfFilters(NO_FILTERS).toString()).toBe('');
});

test('it is known whether anything is narrowed', () => {
  expect(isFiltered(NO_FILTERS)).toBe(false);
  expect(isFiltered({ ...NO_FILTERS, status: 'expired' })).toBe(true);
});
