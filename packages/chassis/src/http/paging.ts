import { z, type ZodType } from 'zod';
import { problem } from '../errors';

/** A moment in a cursor; PostgreSQL has no year 0. */
export const time = z.iso.datetime({ precision: 3 }).refine((text) => text >= '0001');

/** The sort keys of a list with the newest first: `[createdAt, id]`. */
export const timeAndId = z.tuple([time, z.uuid()]);

/** An opaque cursor from the last item's sort keys. */
export const encodeCursor = (keys: (string | number)[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

/** The sort keys again; a cursor that this list did not make is `invalid-request`. */
export function decodeCursor<Keys>(cursor: string, keys: ZodType<Keys>): Keys {
  const read = keys.safeParse(jsonOf(cursor));
  if (read.success) return read.data;
  throw problem('invalid-request', undefined, {
    errors: [{ path: 'cursor', message: 'Is not a cursor of this list' }],
  });
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
