import { musicalRegistered, newMusical, pastPerformances } from './musical';

const now = new Date('2026-11-23T09:00:00.000Z');
const counter = () => {
  let last = 0;
  return () => `id${++last}`;
};

test('the short form is one performance with one grade', () => {
  expect(newMusical({ name: 'Hadestown', reservableSeats: 100, price: 50_000 }, 'm1', counter(), now)).toEqual({
    id: 'm1',
    name: 'Hadestown',
    performances: [
      {
        id: 'id1',
        startsAt: '2026-12-23T09:00:00.000Z',
        venue: 'OuterPark Hall',
        maxPerCustomer: null,
        grades: [{ id: 'id2', name: 'General admission', price: 50_000, capacity: 100, free: 100 }],
      },
    ],
  });
});

const long = newMusical(
  {
    name: 'Hadestown',
    performances: [
      {
        startsAt: '2026-12-24T10:30:00Z',
        venue: 'A',
        maxPerCustomer: 4,
        grades: [{ name: 'VIP', price: 1, seats: 5 }],
      },
      { startsAt: '2026-11-23T09:00:00Z', venue: 'B', grades: [{ name: 'R', price: 0, seats: 0 }] },
    ],
  },
  'm1',
  counter(),
  now,
);

test('in the long form everything gets an id, every seat is free and times have milliseconds', () => {
  expect(long.performances).toEqual([
    {
      id: 'id1',
      startsAt: '2026-12-24T10:30:00.000Z',
      venue: 'A',
      maxPerCustomer: 4,
      grades: [{ id: 'id2', name: 'VIP', price: 1, capacity: 5, free: 5 }],
    },
    {
      id: 'id3',
      startsAt: '2026-11-23T09:00:00.000Z',
      venue: 'B',
      maxPerCustomer: null,
      grades: [{ id: 'id4', name: 'R', price: 0, capacity: 0, free: 0 }],
    },
  ]);
});

test('a performance that begins now is over', () => {
  expect(pastPerformances(long, now)).toEqual([1]);
  expect(pastPerformances(long, new Date(now.getTime() - 1))).toEqual([]);
});

test('the event tells what was registered, without what changes', () => {
  expect(musicalRegistered(long)).toMatchObject({
    type: 'MusicalRegistered',
    data: {
      musicalId: 'm1',
      name: 'Hadestown',
      performances: [
        { id: 'id1', grades: [{ id: 'id2', name: 'VIP', price: 1, capacity: 5 }] },
        { id: 'id3', grades: [{ id: 'id4', name: 'R', price: 0, capacity: 0 }] },
      ],
    },
  });
});
