import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { Action, Plan } from './plan';

/** One request; gives its status, 0 for no answer. */
export type Act = (action: Action) => Promise<number>;

/** Customers with real tokens on keep-alive connections. */
export function gatherCustomers({ url, tokens, musicals }: Plan, connections: number) {
  const pool = new Pool(url, { connections, headersTimeout: 30_000, bodyTimeout: 30_000 });
  /** What may be cancelled: id and its owner's token. */
  const reserved: { id: string; token: string }[] = [];
  let turn = 0;

  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, token: string, body?: unknown) => {
    const answer = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, body: answer.body };
  };

  const reserve = async (token: string): Promise<number> => {
    const musicalId = musicals[turn % musicals.length]!;
    const { status, body } = await ask('POST', '/api/reservations', token, { musicalId, seats: 1 });
    const { id } = (await body.json()) as { id?: string };
    if (status === 201 && id !== undefined) reserved.push({ id, token });
    return status;
  };

  const read = async (path: string, token: string): Promise<number> => {
    const { status, body } = await ask('GET', path, token);
    await body.dump();
    return status;
  };

  const act: Record<Action, (token: string) => Promise<number>> = {
    hello: (token) => read('/hello', token),
    musical: (token) => read(`/api/musicals/${musicals[turn % musicals.length]}`, token),
    mypage: (token) => read('/api/mypage', token),
    reserve,
    cancel: async (token) => {
      const one = reserved.shift();
      if (one === undefined) return reserve(token);
      const { status, body } = await ask('DELETE', `/api/reservations/${one.id}`, one.token);
      await body.dump();
      return status;
    },
    reload: async (token) => {
      const { status, body } = await ask('GET', '/api/mypage/stream', token);
      for await (const chunk of body) if (String(chunk).includes('event: snapshot')) break;
      return status;
    },
  };

  return {
    act: ((action) => act[action](tokens[turn++ % tokens.length]!).catch(() => 0)) satisfies Act,
    close: () => pool.destroy(),
  };
}
