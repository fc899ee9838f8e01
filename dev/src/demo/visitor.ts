import { page } from '@outerpark/contracts/http/paging';
import { z, type ZodType } from 'zod';
import { Difference } from './difference';

/** Somebody with a token in front of the gateway. */
export interface Visitor {
  /** Throws a Difference on another status or another shape. */
  call<T>(method: string, path: string, expected: { status: number; shape: ZodType<T> }, body?: unknown): Promise<T>;
  /** The first item that fits, of a list however long; undefined when there is none. */
  find<T>(path: string, item: ZodType<T>, fits: (item: T) => boolean): Promise<T | undefined>;
}

const ANSWER_MS = 15_000;

export function visitor(gateway: string, token: string): Visitor {
  const call: Visitor['call'] = async (method, path, expected, body) => {
    const answer = await fetch(gateway + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await answer.text();
    if (answer.status !== expected.status) {
      throw new Difference(`${expected.status} from ${method} ${path}`, `${answer.status} ${text}`);
    }
    const read = expected.shape.safeParse(JSON.parse(text));
    if (!read.success) throw new Difference(`the documented shape from ${method} ${path}`, z.prettifyError(read.error));
    return read.data;
  };

  const find: Visitor['find'] = async (path, item, fits) => {
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ limit: '200', ...(cursor ? { cursor } : {}) });
      const list: { items: z.infer<typeof item>[]; next: string | null } = await call(
        'GET',
        `${path}?${query.toString()}`,
        {
          status: 200,
          shape: page(item),
        },
      );
      const found = list.items.find(fits);
      if (found !== undefined) return found;
      cursor = list.next;
    }
    return undefined;
  };

  return { call, find };
}
