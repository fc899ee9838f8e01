import { decodeCursor, encodeCursor, timeAndId } from './paging';

const id = '0b9ef3c1-6a43-4f0c-9a53-2a1f4f0f1d11';

test('a cursor brings its sort keys back', () => {
  const keys = ['2026-11-23T10:00:00.000Z', id];
  expect(decodeCursor(encodeCursor(keys), timeAndId)).toEqual(keys);
});

test.each([
  '',
  'abc',
  '%%%',
  encodeCursor(['2026-11-23T10:00:00.000Z']),
  encodeCursor(['2026-11-23T10:00:00.000Z', 'one']),
  encodeCursor(['yesterday', id]),
  encodeCursor(['0000-01-01T00:00:00.000Z', id]),
  Buffer.from('[1,2]').toString('base64url'),
])('a cursor of another kind is refused: %p', (cursor) => {
  expect(() => decodeCursor(cursor, timeAndId)).toThrow(
    expect.objectContaining({ problem: 'invalid-request' }) as Error,
  );
});
