import { dayAfter, EMPTY_FORM, faultsOf, requestOf, sumOf, type MusicalForm } from './request';

const SEOUL = 'Asia/Seoul';
const hedwig: MusicalForm = {
  name: ' Hedwig ',
  performances: [
    {
      startsAt: '2027-05-01T19:30',
      venue: 'OuterPark Hall',
      maxPerCustomer: '4',
      grades: [
        { name: 'VIP', price: '150,000', seats: '40' },
        { name: 'R', price: '90000', seats: '1,200' },
      ],
    },
  ],
};

test('a form becomes the request: numbers are numbers and times are in UTC', () => {
  expect(requestOf(hedwig, SEOUL)).toEqual({
    request: {
      name: 'Hedwig',
      performances: [
        {
          startsAt: '2027-05-01T10:30:00.000Z',
          venue: 'OuterPark Hall',
          maxPerCustomer: 4,
          grades: [
            { name: 'VIP', price: 150_000, seats: 40 },
            { name: 'R', price: 90_000, seats: 1_200 },
          ],
        },
      ],
    },
  });
});

test('no limit for one customer is no limit, and not zero', () => {
  const read = requestOf(performance({ maxPerCustomer: ' ' }), SEOUL);
  expect('request' in read && 'maxPerCustomer' in read.request.performances[0]!).toBe(false);
});

test('an empty form says what every field needs', () => {
  expect(faults(EMPTY_FORM)).toEqual({
    name: 'label',
    'performances.0.startsAt': 'startsAt',
    'performances.0.venue': 'label',
    'performances.0.grades.0.name': 'label',
    'performances.0.grades.0.price': 'price',
    'performances.0.grades.0.seats': 'seats',
  });
});

test('numbers are whole and within what the contract allows', () => {
  for (const price of ['1.5', '-1', '1e3', 'free', '100000001', '1,00']) {
    expect(faults(grade({ price }))).toEqual({ 'performances.0.grades.0.price': 'price' });
  }
  for (const seats of ['', '1000001', '٣']) {
    expect(faults(grade({ seats }))).toEqual({ 'performances.0.grades.0.seats': 'seats' });
  }
  expect(faults(performance({ maxPerCustomer: '0' }))).toEqual({ 'performances.0.maxPerCustomer': 'maxPerCustomer' });
  expect(faults(grade({ price: '0', seats: '0' }))).toEqual({});
});

test('a day that does not exist is told as such', () => {
  expect(faults(performance({ startsAt: '2027-02-30T19:30' }))).toEqual({ 'performances.0.startsAt': 'noSuchTime' });
  expect(faults(performance({ startsAt: '' }))).toEqual({ 'performances.0.startsAt': 'startsAt' });
});

test('two grades of one name are a fault of their list', () => {
  const [first] = hedwig.performances;
  const form = performance({ grades: [first!.grades[0]!, { ...first!.grades[1]!, name: ' VIP' }] });
  expect(faults(form)).toEqual({ 'performances.0.grades.root': 'gradesDiffer' });
});

test("the API's errors find their fields by their paths, and what has no field is kept", () => {
  const errors = [
    { path: 'performances.1.grades.0.price', message: 'Too big' },
    { path: 'performances.0.grades', message: 'grade names must differ' },
    { path: 'color', message: 'Is not known here' },
    { path: '', message: 'Is required' },
  ];
  expect(faultsOf(errors)).toEqual({
    known: [
      { field: 'performances.1.grades.0.price', key: 'price' },
      { field: 'performances.0.grades.root', key: 'gradesDiffer' },
    ],
    others: [errors[2], errors[3]],
  });
});

test('what it comes to is summed as far as it can be read', () => {
  expect(sumOf(hedwig)).toEqual({ performances: 1, seats: 1_240, amount: 40 * 150_000 + 1_200 * 90_000 });
  expect(sumOf(EMPTY_FORM)).toEqual({ performances: 1, seats: 0, amount: 0 });
});

test('the next performance is like the last one, a day later', () => {
  const last = { ...hedwig.performances[0]!, startsAt: '2026-12-31T19:30' };
  expect(dayAfter(last, SEOUL)).toEqual({ ...last, startsAt: '2027-01-01T19:30' });
  expect(dayAfter({ ...last, startsAt: '' }, SEOUL).startsAt).toBe('');
});

function faults(form: MusicalForm): Record<string, string> {
  const read = requestOf(form, SEOUL);
  return 'faults' in read ? Object.fromEntries(read.faults.map(({ field, key }) => [field, key])) : {};
}

function performance(change: Partial<MusicalForm['performances'][0]>): MusicalForm {
  return { ...hedwig, performances: [{ ...hedwig.performances[0]!, ...change }] };
}

function grade(change: Partial<MusicalForm['performances'][0]['grades'][0]>): MusicalForm {
  return performance({ grades: [{ ...hedwig.performances[0]!.grades[0]!, ...change }] });
}
