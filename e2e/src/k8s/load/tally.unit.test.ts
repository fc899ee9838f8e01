import { availability, tally, told, type Outcome } from './tally';

const outcome = (sentAt: number, answer: string, tookMs = 10): Outcome => ({ sentAt, answer, tookMs, call: 'reserve' });

test('whatever is not answered by 2xx has failed, and each answer is counted once', () => {
  const outcomes = [
    outcome(1, '201'),
    outcome(2, '200', 30),
    outcome(3, '503 seat-check-unavailable', 500),
    outcome(4, 'no answer ECONNRESET'),
    outcome(5, '409 seats-unavailable'),
    outcome(6, '201'),
  ];
  const seen = tally(outcomes);
  expect(seen).toMatchObject({ requests: 6, failed: 3, availability: '50.00 %', longestMs: 500, p50Ms: 10 });
  expect(seen.answers).toEqual({
    '201': 2,
    '200': 1,
    '503 seat-check-unavailable': 1,
    'no answer ECONNRESET': 1,
    '409 seats-unavailable': 1,
  });
  expect(told(seen)).toContain('6 requests, availability 50.00 %');
});

test('a phase has what was sent in it, its beginning included and its end not', () => {
  const outcomes = [outcome(1, '200'), outcome(2, '500 internal-error'), outcome(3, '200')];
  expect(tally(outcomes, 2, 3)).toMatchObject({ requests: 1, failed: 1, availability: '0.00 %' });
  expect(tally(outcomes, 3)).toMatchObject({ requests: 1, failed: 0, availability: '100.00 %' });
});

test.each([
  [100_000, 1, '99.99 %'],
  [3, 1, '66.66 %'],
  [1_000_000, 0, '100.00 %'],
  [10_000, 1, '99.99 %'],
  [2, 2, '0.00 %'],
  [0, 0, 'unknown'],
])('of %d requests %d failed: %s', (requests, failed, said) => {
  expect(availability(requests, failed)).toBe(said);
});
