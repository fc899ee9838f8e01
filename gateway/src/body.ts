import { problem } from '@outerpark/chassis/errors';
import type { IncomingMessage } from 'node:http';

/** Whether there is a body to pass on; nobody gives a meaning to that of a GET or HEAD. */
export function hasBody({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || declaredLength(headers) > 0;
}

export const declaredLength = (headers: IncomingMessage['headers']): number => Number(headers['content-length'] ?? 0);

/** All of the body when it has come with the headers, as most do; undefined, and nothing read, when there is more to come. */
export async function wholeBody(req: IncomingMessage): Promise<Buffer | undefined> {
  // Node reads what came with the headers right after it has told of them.
  await Promise.resolve();
  if (req.readableLength === 0 || req.readableLength !== declaredLength(req.headers)) return undefined;
  const whole = req.read() as Buffer;
  req.resume();
  return whole;
}

/**
 * The body as it arrives, never held; throws `body-too-large` once there are more than `limit` bytes. Nothing is read before the
 * first chunk is asked for, so what was not begun can be sent to another replica.
 */
export async function* bodyWithin(limit: number, req: IncomingMessage): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw problem('body-too-large');
      yield chunk;
    }
  } finally {
    // What nobody wants is read away, so that the client gets to read its answer and can use the connection again.
    req.resume();
  }
}
