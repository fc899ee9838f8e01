import { Difference } from './difference';
import { narrator } from './narrator';
import { timelineTable } from './timeline-table';

const telling = () => {
  const lines: string[] = [];
  return { lines, ...narrator((line) => lines.push(line), { colours: false }) };
};

test('a step is one line with what it saw, and gives what it found', async () => {
  const { lines, step } = telling();
  await expect(step('90 seats are left', () => Promise.resolve(['90 of 100 free', 7] as const))).resolves.toBe(7);
  expect(lines).toEqual([expect.stringMatching(/^ ✓ 90 seats are left +\d+ ms {2}90 of 100 free$/)]);
});

test('a step that saw something else says what was expected and what was seen, and ends the story', async () => {
  const { lines, step } = telling();
  const failing = step('90 seats are left', () => Promise.reject(new Difference('free seats: 90', 'free seats: 95')));
  await expect(failing).rejects.toBeInstanceOf(Difference);
  expect(lines).toEqual([
    expect.stringMatching(/^ ✗ 90 seats are left +\d+ ms$/),
    '     expected  free seats: 90',
    '     seen      free seats: 95',
  ]);
});

test('any other failure is told with its cause', async () => {
  const { lines, step } = telling();
  const failure = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
  await expect(step('Alice cancels', () => Promise.reject(failure))).rejects.toBe(failure);
  expect(lines[1]).toBe('     failed    fetch failed: connect ECONNREFUSED');
});

test('colours only on demand', async () => {
  const lines: string[] = [];
  const { step } = narrator((line) => lines.push(line), { colours: true });
  await step('Alice cancels', () => Promise.resolve(['cancelled', undefined] as const));
  expect(lines[0]).toContain('\u001b[32m✓');
});

test('a timeline is a table with times and amounts', () => {
  const table = timelineTable([
    { at: '2026-11-23T10:00:00.123Z', type: 'SeatsReserved', detail: { seats: 10, price: 500_000 } },
    { at: '2026-11-23T10:00:01.000Z', type: 'ReservationConfirmed', detail: {} },
  ]);
  expect(table).toEqual([
    '   UTC           what happened',
    '   10:00:00.123  SeatsReserved         seats 10, price ₩500,000',
    '   10:00:01.000  ReservationConfirmed',
  ]);
});
