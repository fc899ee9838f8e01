import { createPace } from './pace';

/** A pace on a clock of its own; `play` begins every call as soon as it may and counts them by the second. */
function paced(limit: number, chance = 0.5) {
  let now = 1_000_000;
  const pace = createPace({ limit, nowMs: () => now, chance: () => chance });
  const play = (seconds: number): number[] => {
    const begun = now;
    const counts = Array.from({ length: seconds }, () => 0);
    while (now < begun + seconds * 1_000) {
      const wait = pace.waitMs();
      if (wait > 0) {
        now += wait;
        continue;
      }
      pace.begin();
      counts[Math.floor((now - begun) / 1_000)]!++;
    }
    return counts;
  };
  return { pace, play, pass: (ms: number) => (now += ms) };
}

it('begins at the limit, evenly', () => {
  const counts = paced(100).play(5);
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(10);
});

it.each([0, 0.999])('keeps the limit whatever chance says (%d)', (chance) => {
  const counts = paced(100, chance).play(3);
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(36);
});

it.each([0, 0.5, 0.999])('keeps the limit when calls begin together, whatever chance says (%d)', (chance) => {
  const { pace, pass } = paced(250, chance);
  let begun = 0;
  for (let ms = 0; ms < 2_000; ms += 20, pass(20)) {
    for (let left = pace.mayBegin(); left > 0; left--, begun++) pace.begin();
  }
  expect(begun).toBeGreaterThanOrEqual(2 * 250 * 0.75);
  // Calls that cost less than one are as many more: by chance, and so not in the long run.
  expect(begun).toBeLessThanOrEqual((2 * 250) / (0.75 + chance / 2) + 25);
});

it('lets none begin together that could not begin one after the other', () => {
  const { pace, pass } = paced(100, 0.999);
  pass(3_600_000);
  for (let left = pace.mayBegin(); left > 0; left--) {
    expect(pace.waitMs()).toBe(0);
    pace.begin();
  }
  pass(3_600_000);
  expect(pace.mayBegin()).toBeLessThanOrEqual(10);
  pace.slowStart();
  expect(pace.mayBegin()).toBe(1);
  pace.begin();
  expect(pace.mayBegin()).toBe(0);
  pace.fallBack(2_000);
  pass(1_999);
  expect(pace.mayBegin()).toBe(0);
  pass(1);
  expect(pace.mayBegin()).toBe(1);
});

it('saves up no more than a tenth of a second', () => {
  const { play, pass } = paced(100);
  pass(3_600_000);
  expect(play(1)[0]).toBeLessThanOrEqual(110);
});

it('begins low after the provider was away, and doubles each second', () => {
  const { pace, play, pass } = paced(100);
  play(2);
  for (let i = 0; i < 100; i++, pass(100)) pace.slowStart();
  const counts = play(7);
  [5, 10, 20, 40, 80, 100, 100].forEach((expected, second) =>
    expect(Math.abs(counts[second]! - expected)).toBeLessThanOrEqual(2 + expected / 10),
  );
});

it('falls back to a quarter while answers are missing, once a second, and never below the beginning', () => {
  const { pace, play } = paced(100);
  play(2);
  const counts = [];
  for (let second = 0; second < 6; second++) {
    for (let i = 0; i < 10; i++) pace.fallBack();
    counts.push(play(1)[0]!);
  }
  expect(counts[0]).toBeLessThanOrEqual(36);
  expect(counts[0]).toBeGreaterThanOrEqual(20);
  expect(counts.at(-1)).toBeLessThanOrEqual(7);
  expect(counts.at(-1)).toBeGreaterThanOrEqual(4);
  expect(play(6).at(-1)).toBeGreaterThan(85);
});

it('leaves the provider alone for as long as it asks for, but for a minute at most', () => {
  const { pace, pass } = paced(100);
  pace.fallBack(2_000);
  expect(pace.waitMs()).toBe(2_000);
  pass(1_999);
  expect(pace.waitMs()).toBe(1);
  pass(1);
  expect(pace.waitMs()).toBe(0);
  pace.fallBack(86_400_000);
  expect(pace.waitMs()).toBe(60_000);
});

it('foretells how long a backlog takes', () => {
  const { pace, play } = paced(100);
  expect(pace.msFor(50)).toBeCloseTo(500);
  pace.slowStart();
  expect(pace.msFor(5)).toBeCloseTo(1_000);
  // 5 + 10 + 20 + 40 + 80 in five seconds, and then a hundred a second.
  expect(pace.msFor(355)).toBeCloseTo(7_000);
  const counts = play(7).reduce((sum, count) => sum + count, 0);
  expect(Math.abs(counts - 355)).toBeLessThanOrEqual(25);
});

it('is as slow as one call a second', () => {
  const { pace, play } = paced(1);
  pace.slowStart();
  expect(play(10).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(11);
});
