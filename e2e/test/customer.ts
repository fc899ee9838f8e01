import { openStream, type SeenStream } from '@outerpark/chassis/testing/event-stream';
import { eventually } from '@outerpark/chassis/testing/eventually';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Reservation } from '@outerpark/contracts/http/reservations';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Somebody with a token in front of the gateway. */
export interface Customer {
  call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  /** An admin's: one performance, one grade; 10,000 KRW a seat. */
  registers(name: string, reservableSeats: number): Promise<Musical>;
  /** Throws unless it was reserved. */
  reserves(musicalId: string, seats: number): Promise<Reservation>;
  freeSeats(musicalId: string): Promise<number>;
  /** The reservation on My page, as soon as it is what the check wants. */
  sees(reservationId: string, check: (item: MyPageItem) => boolean, withinMs?: number): Promise<MyPageItem>;
  /** Opens the stream of My page. */
  watches(): Promise<SeenStream>;
}

export function createCustomer(gatewayUrl: string, token: string): Customer {
  const call = async <Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(gatewayUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : undefined) as Body };
  };
  const expecting = async <Body>(status: number, method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await call<Body>(method, path, body);
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  };

  return {
    call,
    registers: (name, reservableSeats) =>
      expecting<Musical>(201, 'POST', '/api/musicals', { name, reservableSeats, price: 10_000 }),
    reserves: (musicalId, seats) => expecting<Reservation>(201, 'POST', '/api/reservations', { musicalId, seats }),
    freeSeats: async (musicalId) =>
      (await expecting<Musical>(200, 'GET', `/api/musicals/${musicalId}`)).performances[0]!.grades[0]!.free,
    sees: (reservationId, check, withinMs = 15_000) =>
      eventually(
        async () => {
          const { items } = await expecting<{ items: MyPageItem[] }>(200, 'GET', '/api/mypage');
          const item = items.find(({ id }) => id === reservationId);
          if (!item || !check(item)) throw new Error(`My page shows ${JSON.stringify(item ?? items)}`);
          return item;
        },
        { withinMs, everyMs: 50 },
      ),
    watches: () => openStream(`${gatewayUrl}/api/mypage/stream`, token),
  };
}
