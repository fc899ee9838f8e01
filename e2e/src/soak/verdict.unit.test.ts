import type { AuditRun } from './audits';
import { placedIn } from './report';
import type { Sample } from './samples';
import { judge } from './verdict';

const audit: AuditRun = { at: 60, ok: true, readings: 1, seconds: 1, messages: 100, breaches: [] };
const MB = 1_048_576;
/** A sawtooth, as a heap is. */
const tooth = (nth: number) => (nth % 6) * 5;

const sample = (nth: number, changes: Partial<Sample> = {}): Sample => ({
  at: nth * 10,
  processes: { payment: { rssMb: 150, heapMb: 40 + tooth(nth) }, kafka: { rssMb: 500 + 20 * nth } },
  tables: {
    'payment.outbox': { bytes: 4 * MB + (nth % 9) * MB, live: 1_000, dead: 10 },
    'payment.payment': { bytes: nth * MB, live: nth, dead: 0 },
  },
  sqliteBytes: 0,
  lag: { messages: { payment: 5 + (nth % 3) }, seconds: { payment: 0.5 }, outboxSeconds: 0, total: nth * 1_000 },
  reserved: { count: 10, p50Ms: 1, p99Ms: 2 },
  whole: { count: 10, p50Ms: 1, p99Ms: 2 },
  refused: {},
  openSagas: 0,
  pids: { payment: 7 },
  ...changes,
});
const run = (changes: (nth: number) => Partial<Sample> = () => ({})) =>
  Array.from({ length: 180 }, (_, nth) => sample(nth, changes(nth)));
const broken = (samples: Sample[], audits = [audit]) =>
  judge(samples, audits)
    .filter(({ ok }) => !ok)
    .map(({ what }) => what);

test("a steady system passes: heaps and tables may breathe, business and other people's servers may grow", () => {
  expect(broken(run())).toEqual([]);
});

test.each<[string, (nth: number) => Partial<Sample>]>([
  ['memory of payment', (nth) => ({ processes: { payment: { rssMb: 150 + nth * 0.1, heapMb: 40 } } })],
  ['memory of payment', (nth) => ({ processes: { payment: { rssMb: 150, heapMb: 40 + tooth(nth) + nth * 0.05 } } })],
  ['bounded tables', (nth) => ({ tables: { 'payment.inbox': { bytes: 10 * MB + nth * 20_000, live: 0, dead: 0 } } })],
  [
    'consumer lag',
    (nth) => ({ lag: { messages: { mypage: nth * 3 }, seconds: {}, outboxSeconds: 0, total: nth * 1_000 } }),
  ],
  ['answers', (nth) => (nth === 9 ? { refused: { 'POST /api/reservations: 503': 1 } } : {})],
  ['processes', (nth) => (nth > 90 ? { pids: { payment: 8 } } : {})],
])('%s: what grows, fails or ends is found', (what, changes) => {
  expect(broken(run(changes))).toEqual([what]);
});

test('an audit that fails, and none at all', () => {
  expect(broken(run(), [audit, { ...audit, ok: false, breaches: ['I1: a grade'] }])).toEqual(['audits']);
  expect(broken(run(), [])).toEqual(['audits']);
});

test('the generated part goes between its markers', () => {
  const page = 'before\n<!-- soak: begin -->\nold\n<!-- soak: end -->\nafter\n';
  expect(placedIn(page, 'new')).toBe('before\n<!-- soak: begin -->\nnew\n<!-- soak: end -->\nafter\n');
  expect(() => placedIn('no markers', 'new')).toThrow('lacks');
});
