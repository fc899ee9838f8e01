import { z } from 'zod';
import { problem } from '../errors';

const cursorParts = z.array(z.string());

/** An opaque cursor from the last item's sort keys, such as `[createdAt, id]`. */
export const encodeCursor = (parts: string[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** The sort keys again; a cursor that we did not make is `invalid-request`. */
export function decodeCursor(cursor: string, length: number): string[] {
  const parts = cursorParts.safeParse(jsonOf(cursor));
  if (!parts.success || parts.data.length !== length) {
    throw problem('invalid-request', undefined, {
      errors: [{ path: 'cursor', message: 'Is not a cursor of this list' }],
    });
  }
  return parts.data;
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
