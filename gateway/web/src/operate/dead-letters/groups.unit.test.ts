import type { DeadLetter, DeadLetterCause } from '@outerpark/contracts/http/operators';
import { groupsOf, sumOfReplays } from './groups';

test('dead letters lie under the cause of their service', () => {
  const groups = groupsOf(
    [cause('payment', 'c1'), cause('mypage', 'c1'), cause('payment', 'c2')],
    [letter('payment', 'c1', 1), letter('mypage', 'c1', 1), letter('payment', 'c1', 2)],
  );
  expect(groups.map(({ cause, letters }) => [cause.service, cause.cause, letters.map(({ id }) => id)])).toEqual([
    ['payment', 'c1', ['reservation.events-0-1', 'reservation.events-0-2']],
    ['mypage', 'c1', ['reservation.events-0-1']],
    ['payment', 'c2', []],
  ]);
});

test('a replay is summed over all services, and tells what failed again', () => {
  const failed = { topic: 'reservation.events', aggregate: 'r1', why: 'it is still wrong' };
  const sum = sumOfReplays([
    { service: 'payment', replayed: 2, failed: [] },
    { service: 'mypage', replayed: 1, failed: [failed] },
  ]);
  expect(sum).toEqual({ replayed: 3, failed: [{ service: 'mypage', aggregate: 'r1', why: 'it is still wrong' }] });
  expect(sumOfReplays([])).toEqual({ replayed: 0, failed: [] });
});

const common = { type: 'SeatsReserved', reason: 'it has no lines', since: '2026-11-23T10:00:00.000Z' };
const cause = (service: string, name: string): DeadLetterCause => ({
  ...common,
  service,
  cause: name,
  aggregates: 1,
  events: 1,
});
const letter = (service: string, name: string, offset: number): DeadLetter => ({
  ...common,
  ...{
    service,
    cause: name,
    id: `reservation.events-0-${offset}`,
    topic: 'reservation.events',
    aggregate: 'r1',
    queued: false,
  },
});
