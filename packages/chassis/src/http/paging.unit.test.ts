import { decodeCursor, encodeCursor } from './paging';

test('a cursor brings its sort keys back', () => {
  const keys = ['2026-11-23T10:00:00.000Z', '뮤지컬 "1"'];
  expect(decodeCursor(encodeCursor(keys), 2)).toEqual(keys);
});

test.each(['', 'abc', '%%%', encodeCursor(['one']), Buffer.from('[1,2]').toString('base64url')])(
  'a cursor of another kind is refused: %p',
  (cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow(expect.objectContaining({ problem: 'invalid-request' }) as Error);
  },
);
