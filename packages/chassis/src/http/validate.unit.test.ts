import { wantedSeats } from '@outerpark/contracts/http/holds';
import type { Request } from 'express';
import { z } from 'zod';
import { ProblemError } from '../errors';
import { idParam, parse } from './validate';

const thrownBy = (work: () => unknown): ProblemError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
const errorsOf = (schema: z.ZodType, value: unknown) => thrownBy(() => parse(schema, value)).extra.errors;

const ID = '0b57a1c2-4f0e-4b5e-9a55-0d8c7ef3a111';

test('a good value comes back as the schema gives it', () => {
  expect(parse(z.object({ limit: z.coerce.number() }), { limit: '5' }, 'query')).toEqual({ limit: 5 });
});

test('every fault is told with its path', () => {
  const schema = z.strictObject({ name: z.string(), lines: z.array(z.object({ seats: z.int().min(1) })) });
  expect(errorsOf(schema, { lines: [{ seats: 0 }], colour: 'red' })).toEqual([
    { path: 'name', message: 'Is required' },
    { path: 'lines.0.seats', message: expect.stringContaining('>=1') as string },
    { path: 'colour', message: 'Is not known here' },
  ]);
  expect(errorsOf(schema, undefined)).toEqual([{ path: '', message: 'Is required' }]);
});

test.each([
  [{ musicalId: ID, seats: 0 }, ['seats']],
  [{ musicalId: ID }, ['seats']],
  [{ performanceId: ID, lines: [{ grade: 'VIP', seats: -1 }] }, ['lines.0.seats']],
  [
    {
      performanceId: ID,
      lines: [
        { grade: 'R', seats: 1 },
        { grade: 'R', seats: 1 },
      ],
    },
    ['lines'],
  ],
  [{ performanceId: 'x', lines: [] }, ['performanceId', 'lines']],
  [{ musicalId: ID, seats: 1, performanceId: ID }, ['performanceId']],
])('of a union the branch that was meant is told: %j', (body, paths) => {
  expect((errorsOf(wantedSeats, body) as { path: string }[]).map(({ path }) => path)).toEqual(paths);
});

test('an id in the path is a UUID in lower case, or names nothing', () => {
  const request = (id: string) => ({ params: { id } }) as unknown as Request;
  expect(idParam(request(ID.toUpperCase()), 'id')).toBe(ID);
  expect(thrownBy(() => idParam(request('17; DROP TABLE'), 'id')).problem).toBe('not-found');
});
