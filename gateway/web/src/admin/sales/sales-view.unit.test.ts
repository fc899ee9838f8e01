import { addressOfSales, salesViewOf, type SalesView } from './sales-view';

const MUSICAL = '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11';
const PERFORMANCE = '7d1f0a52-7a53-4a4b-8f0e-3f6a5b7f6c21';
const usual: SalesView = { musicalId: null, performanceId: null, period: '7d', by: 'day', measure: 'amount' };

const view = (address: string) => salesViewOf(new URLSearchParams(address));

test('an empty address is the last seven days of everything, by day, in money', () => {
  expect(view('')).toEqual(usual);
  expect(addressOfSales(usual).toString()).toBe('');
});

test('a view comes back from its address', () => {
  const views: SalesView[] = [
    { musicalId: MUSICAL, performanceId: PERFORMANCE, period: '7d', by: 'hour', measure: 'seats' },
    { musicalId: MUSICAL, performanceId: null, period: '24h', by: 'hour', measure: 'amount' },
    { ...usual, period: '90d', measure: 'reservations' },
  ];
  for (const one of views) expect(salesViewOf(addressOfSales(one))).toEqual(one);
});

test('what makes no sense is left out', () => {
  expect(view('period=1y&by=second&measure=love&musical=x')).toEqual(usual);
  expect(view(`performance=${PERFORMANCE}`)).toEqual(usual);
});

test('a day has hours only, and many days have no hours', () => {
  expect(view('period=24h&by=day').by).toBe('hour');
  expect(view('period=30d&by=hour').by).toBe('day');
});
