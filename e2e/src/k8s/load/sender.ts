import { randomUUID } from 'node:crypto';
import { PROBLEM_PREFIX } from '@outerpark/contracts/http/problems';
import { Pool } from 'undici';
import type { Outcome } from './tally';

/** Sends what it is given, once, and remembers what became of it. */
export interface Sender {
  /** The body of a 2xx; undefined of anything else. */
  send(call: string, token: string, request: Request): Promise<unknown>;
  outcomes: Outcome[];
  /** After the last answer. */
  close(): Promise<void>;
}

export interface Request {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: object;
}

const CONNECTIONS = 64;
/** Longer than the gateway waits for a service. */
const TIMEOUT_MS = 15_000;

export function createSender(gateway: string): Sender {
  const pool = new Pool(gateway, {
    connections: CONNECTIONS,
    connect: { timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const outcomes: Outcome[] = [];

  const ask = async (token: string, { method, path, body }: Request): Promise<[answer: string, body?: unknown]> => {
    try {
      const answer = await pool.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'idempotency-key': randomUUID(), 'content-type': 'application/json' }),
        },
        body: body ? JSON.stringify(body) : null,
      });
      const text = await answer.body.text();
      return answer.statusCode < 300
        ? [String(answer.statusCode), JSON.parse(text)]
        : [refusal(answer.statusCode, text)];
    } catch (error) {
      return [`no answer ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`];
    }
  };

  return {
    outcomes,
    send: async (call, token, request) => {
      const [sentAt, since] = [Date.now(), performance.now()];
      const [answer, body] = await ask(token, request);
      outcomes.push({ sentAt, tookMs: Math.round(performance.now() - since), call, answer });
      return body;
    },
    close: () => pool.close(),
  };
}

function refusal(status: number, text: string): string {
  const type = /"type":"([^"]*)"/.exec(text)?.[1] ?? 'no-problem';
  return `${status} ${type.replace(PROBLEM_PREFIX, '')}`;
}
