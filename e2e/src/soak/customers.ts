import { randomUUID } from 'node:crypto';
import type { HttpClient, HttpRequest } from '@outerpark/chassis/http/client';
import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Reservation } from '@outerpark/contracts/http/reservations';
import type { Notices } from './notices';
import type { LocalSystem } from '../local-system';

/** What customers met, since it was last looked at. */
export interface Seen {
  /** Milliseconds from when the request was due to its 201. */
  reservedMs: number[];
  /** Milliseconds from when the reservation was due to the last mail about it. */
  wholeMs: number[];
  refused: Record<string, number>;
}

export interface Customers {
  /**
   * One customer's whole saga: reserves, looks, is told by mail that it is confirmed, and every third time cancels and is told of
   * the refund. `due` is when the customer came, by performance.now(): waiting before the request counts too. False when something
   * was refused.
   */
  saga(due: number): Promise<boolean>;
  seen(): Seen;
  /** Sagas that are not whole yet. */
  open(): number;
}

const CUSTOMERS = 2_000;
const MUSICALS = 10;
const SEATS = 100_000;
const CANCELLED_EVERY = 3;

export async function gatherCustomers(system: LocalSystem, http: HttpClient, notices: Notices): Promise<Customers> {
  const tokens: string[] = [];
  for (let n = 0; n < CUSTOMERS; n++) tokens.push(await system.token(`customer-${n}`));
  const admin = await system.token('admin', 'admin');
  const musicals: string[] = [];
  for (let n = 1; n <= MUSICALS; n++) {
    const body = { name: `Soak ${n}`, reservableSeats: SEATS, price: 10_000 };
    musicals.push(
      (await expecting<Musical>(http, 201, { method: 'POST', path: '/api/musicals', token: admin, body })).id,
    );
  }

  let count = 0;
  let open = 0;
  let seen = nothing();

  const whole = async (due: number): Promise<void> => {
    const nth = count++;
    const token = tokens[nth % CUSTOMERS]!;
    const musicalId = musicals[nth % MUSICALS]!;
    const ask = <T>(status: number, request: Omit<HttpRequest, 'token'>) =>
      expecting<T>(http, status, { ...request, token });

    await ask(200, { method: 'GET', path: `/api/musicals/${musicalId}` });
    const { id } = await ask<Reservation>(201, {
      method: 'POST',
      path: '/api/reservations',
      body: { musicalId, seats: 1 + (nth % 2) },
      idempotencyKey: randomUUID(),
    });
    seen.reservedMs.push(performance.now() - due);
    await notices.sent(id, 'confirmed');
    await ask(200, { method: 'GET', path: '/api/mypage?limit=10' });
    if (nth % CANCELLED_EVERY === 0) {
      await ask(200, { method: 'DELETE', path: `/api/reservations/${id}` });
      await notices.sent(id, 'refunded');
    }
    seen.wholeMs.push(performance.now() - due);
  };

  return {
    saga: async (due) => {
      open += 1;
      try {
        await whole(due);
        return true;
      } catch (error) {
        const said = (error as Error).message;
        seen.refused[said] = (seen.refused[said] ?? 0) + 1;
        return false;
      } finally {
        open -= 1;
      }
    },
    seen: () => {
      const before = seen;
      seen = nothing();
      return before;
    },
    open: () => open,
  };
}

const nothing = (): Seen => ({ reservedMs: [], wholeMs: [], refused: {} });

async function expecting<T>(http: HttpClient, status: number, request: HttpRequest): Promise<T> {
  const answer = await http.request(request);
  if (answer.status !== status) {
    const { type } = (answer.body ?? {}) as { type?: string };
    throw new Error(
      `${request.method} ${request.path.split('/').slice(0, 3).join('/')}: ${answer.status} ${type ?? ''}`,
    );
  }
  return answer.body as T;
}
