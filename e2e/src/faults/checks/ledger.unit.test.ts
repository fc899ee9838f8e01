import { compare, type Outcome, type Promised, type ProviderLedger } from './ledger';

const promised: Promised[] = [
  { id: 'kept', customerId: 'alice', price: 10_000, cancelled: false },
  { id: 'ended', customerId: 'bob', price: 20_000, cancelled: true },
];
const outcomes: Outcome[] = [
  { id: 'kept', customerId: 'alice', status: 'confirmed', price: 10_000, version: 2 },
  { id: 'ended', customerId: 'bob', status: 'cancelled', price: 20_000, version: 3 },
];
const ledger: ProviderLedger = {
  charges: [
    { key: 'a', status: 'approved', amount: 10_000, reference: 'kept', createdAt: '' },
    { key: 'b', status: 'declined', amount: 20_000, reference: 'ended', createdAt: '' },
    { key: 'c', status: 'approved', amount: 20_000, reference: 'ended', createdAt: '' },
  ],
  refunds: [{ charge: 'c', amount: 20_000 }],
};

test('nothing is said of what fits', () => {
  expect(compare(promised, outcomes, ledger)).toEqual([]);
});

test('a forged double charge is seen', () => {
  const again = { key: 'forged', status: 'approved', amount: 10_000, reference: 'kept', createdAt: '' };
  expect(compare(promised, outcomes, { ...ledger, charges: [...ledger.charges, again] })).toEqual([
    'reservation kept (confirmed): was charged 2 times',
    'reservation kept (confirmed): has 2 charges and 0 refunds',
  ]);
});

test('a double charge that was refunded once is seen too', () => {
  const charges = [
    ...ledger.charges,
    { key: 'forged', status: 'approved', amount: 10_000, reference: 'kept', createdAt: '' },
  ];
  const refunds = [...ledger.refunds, { charge: 'forged', amount: 10_000 }];
  expect(compare(promised, outcomes, { charges, refunds })).toEqual([
    'reservation kept (confirmed): was charged 2 times',
  ]);
});

test.each<[string, Partial<{ promised: Promised[]; outcomes: Outcome[]; ledger: ProviderLedger }>, string]>([
  [
    'a lost reservation',
    { outcomes: outcomes.slice(1), ledger: { ...ledger, charges: ledger.charges.slice(1) } },
    'is not there',
  ],
  ['a price that changed', { promised: [{ ...promised[0]!, price: 9_000 }] }, 'another price than 9000 KRW'],
  [
    'a cancellation that did not last',
    { promised: [{ ...promised[0]!, cancelled: true }] },
    'was answered as cancelled',
  ],
  ['a refund that is missing', { ledger: { ...ledger, refunds: [] } }, 'has 1 charges and 0 refunds'],
  [
    'a second refund',
    { ledger: { ...ledger, refunds: [...ledger.refunds, { charge: 'c', amount: 1 }] } },
    'was refunded 2 times',
  ],
  [
    'a refund in part',
    { ledger: { ...ledger, refunds: [{ charge: 'c', amount: 5_000 }] } },
    'got back 5000 of 20000 KRW',
  ],
  [
    'a charge of nobody',
    {
      ledger: {
        ...ledger,
        charges: [...ledger.charges, { key: 'x', status: 'approved', amount: 1, reference: 'nobody', createdAt: '' }],
      },
    },
    'a charge for nobody',
  ],
])('%s is seen', (_name, changes, said) => {
  const seen = { promised, outcomes, ledger, ...changes };
  expect(compare(seen.promised, seen.outcomes, seen.ledger).join('\n')).toContain(said);
});
