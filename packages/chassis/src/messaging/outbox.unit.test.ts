import { createHash } from 'node:crypto';
import { SEGMENTS } from './migrations';
import { segmentOf } from './outbox';

// As random as UUIDs, and the same ones in every run.
const ids = Array.from({ length: 16_000 }, (_, index) =>
  createHash('sha256').update(String(index)).digest('hex').slice(0, 32),
);

test('an aggregate is in the same segment for ever: replicas of two versions may run side by side', () => {
  expect(['', 'kim', '0af76519-16cd-43dd-8448-eb211c80319c', '김'].map(segmentOf)).toEqual([5, 12, 13, 15]);
});

test('segments get about the same number of aggregates each', () => {
  const counts = new Array<number>(SEGMENTS).fill(0);
  for (const id of ids) counts[segmentOf(id)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(800);
  expect(Math.max(...counts)).toBeLessThan(1_200);
});
