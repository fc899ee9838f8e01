import { minutesOf, waitAfter } from './wait';

test('between two answers a wait goes on at the rate of the last one, and not below nothing', () => {
  const told = { ahead: 100, expectedWaitSeconds: 50 };
  expect(waitAfter(told, 0)).toEqual({ ahead: 100, seconds: 50 });
  expect(waitAfter(told, 25_000)).toEqual({ ahead: 50, seconds: 25 });
  expect(waitAfter(told, 90_000)).toEqual({ ahead: 0, seconds: 0 });
  expect(waitAfter(told, -1_000)).toEqual({ ahead: 100, seconds: 50 });
  expect(waitAfter({ ahead: 0, expectedWaitSeconds: 0 }, 1)).toEqual({ ahead: 0, seconds: 0 });
});

test('a wait is said in minutes', () => {
  expect([5, 59, 60, 89, 90, 600].map(minutesOf)).toEqual([0, 0, 1, 1, 2, 10]);
});
