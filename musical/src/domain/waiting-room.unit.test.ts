import { newWaitingRoom, opened, standingOf, switched, waitingRoomView, type WaitingRoom } from './waiting-room';

const now = new Date('2026-11-23T09:00:00Z');
const room = (overrides: Partial<WaitingRoom> = {}): WaitingRoom => ({
  ...newWaitingRoom('on', 10, now),
  ...{ open: true, joined: 100, admitted: 40 },
  ...overrides,
});

describe('how a customer stands', () => {
  test('up to the last who is admitted everybody may reserve, and nobody after', () => {
    expect(standingOf(room(), 40)).toMatchObject({ admitted: true, ahead: 0, expectedWaitSeconds: 0 });
    expect(standingOf(room(), 41)).toMatchObject({ admitted: false, ahead: 0, expectedWaitSeconds: 1 });
    expect(standingOf(room(), 100)).toMatchObject({ admitted: false, ahead: 59, expectedWaitSeconds: 6 });
  });

  test('without a pass nobody may, and would stand behind all who have one', () => {
    expect(standingOf(room())).toMatchObject({ open: true, admitted: false, position: null, ahead: 60 });
  });

  test('without a room, and while it is closed, everybody may', () => {
    const free = { open: false, admitted: true, position: null, ahead: 0, expectedWaitSeconds: 0 };
    expect(standingOf(undefined)).toMatchObject(free);
    expect(standingOf(room({ open: false }), 99)).toMatchObject(free);
  });

  test('a position of an earlier queue counts for nothing, and those of this one begin at 1', () => {
    const second = room({ start: 30 });
    expect(standingOf(second, 30)).toMatchObject({ admitted: false, position: null });
    expect(standingOf(second, 31)).toMatchObject({ admitted: true, position: 1 });
  });

  test('it is asked again when the turn has come, and the more rarely the more wait', () => {
    const few = room({ admitted: 0, joined: 1_000 });
    expect(standingOf(few, 35).retryAfterSeconds).toBe(4);
    expect(standingOf(few, 1).retryAfterSeconds).toBe(2);
    expect(standingOf(few, 1_000).retryAfterSeconds).toBe(5);
    expect(standingOf(room({ admitted: 0, joined: 20_000 }), 20_000).retryAfterSeconds).toBe(100);
  });
});

describe('an admin', () => {
  test('opens a new queue, before which nobody has waited', () => {
    const closed = room({ open: false, mode: 'off', credit: 0.4 });
    expect(switched(closed, 'on', 7, now)).toEqual({
      ...closed,
      ...{ mode: 'on', open: true, start: 100, admitted: 100, rate: 7, credit: 0 },
    });
  });

  test('who opens an open one ends nobody waiting', () => {
    expect(switched(room({ mode: 'automatic' }), 'on', 7, now)).toEqual(room());
  });

  test('closes it, so that everybody may', () => {
    expect(standingOf(switched(room(), 'off', 7, now), 100).admitted).toBe(true);
  });

  test('who leaves it to the load leaves it as it is', () => {
    expect(switched(room(), 'automatic', 7, now)).toEqual(room({ mode: 'automatic' }));
    expect(switched(room({ open: false }), 'automatic', 7, now).open).toBe(false);
  });

  test('sees the queue of now', () => {
    const second = opened(room(), 12.34, now);
    expect(waitingRoomView('p1', { ...second, joined: 150, admitted: 120 })).toEqual({
      ...{ performanceId: 'p1', mode: 'on', open: true, joined: 50, admitted: 20, waiting: 30, ratePerSecond: 12.3 },
    });
    expect(waitingRoomView('p1', room({ open: false }))).toMatchObject({ ratePerSecond: 0 });
  });
});
