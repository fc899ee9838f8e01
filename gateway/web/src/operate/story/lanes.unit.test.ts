import { plainDetail, storyOf, type StoryEvent } from './lanes';

test('events are told in order of time, each in the lane of its service', () => {
  const { lanes, rows, took } = storyOf([
    event('c', 'notification', '2026-11-23T10:06:09.942Z'),
    event('a', 'reservation', '2026-11-23T10:06:09.306Z'),
    event('b', 'payment', '2026-11-23T10:06:09.526Z'),
  ]);
  expect(lanes).toEqual(['reservation', 'payment', 'notification']);
  expect(rows.map(({ event, lane, after }) => [event.eventId, lane, after])).toEqual([
    ['a', 0, 0],
    ['b', 1, 220],
    ['c', 2, 416],
  ]);
  expect(took).toBe(636);
});

test('events of one moment keep one order, and one that comes twice is told once', () => {
  const at = '2026-11-23T10:06:09.306Z';
  const { rows } = storyOf([event('b', 'payment', at), event('a', 'musical', at), event('b', 'payment', at)]);
  expect(rows.map(({ event }) => event.eventId)).toEqual(['a', 'b']);
});

test('a service that is not known yet has the last lane', () => {
  const { lanes } = storyOf([
    event('a', 'loyalty', '2026-01-01T00:00:00.000Z'),
    event('b', 'payment', '2026-01-02T00:00:00.000Z'),
  ]);
  expect(lanes).toEqual(['payment', 'loyalty']);
});

test('it shows where another correlation begins', () => {
  const { rows } = storyOf([
    event('a', 'reservation', '2026-11-23T10:00:00.000Z', 'one'),
    event('b', 'payment', '2026-11-23T10:00:01.000Z', 'one'),
    event('c', 'reservation', '2026-11-23T11:00:00.000Z', 'two'),
  ]);
  expect(rows.map(({ newCorrelation }) => newCorrelation)).toEqual([true, false, true]);
});

test('no events are an empty story', () => {
  expect(storyOf([])).toEqual({ lanes: [], rows: [], took: 0 });
});

test('words and numbers fit on a line, the rest does not', () => {
  expect(plainDetail({ seats: 2, by: 'customer', lines: [{ seats: 2 }], url: null })).toEqual([
    ['seats', 2],
    ['by', 'customer'],
  ]);
});

function event(eventId: string, service: string, at: string, correlationId = 'one'): StoryEvent {
  return { eventId, service, at, correlationId, type: 'SeatsReserved', version: 1, detail: {} };
}
