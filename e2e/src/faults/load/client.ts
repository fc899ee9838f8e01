import { PROBLEM_PREFIX } from '@outerpark/contracts/http/problems';
import { Pool } from 'undici';

export interface Answer {
  status: number;
  /** Of a problem, its type without the prefix. */
  problem?: string;
  body: unknown;
}

export interface Client {
  /** Undefined when the connection broke or nothing came in time. What could not even be connected goes to the other gateway. */
  send(request: Request): Promise<Answer | undefined>;
  inFlight(): number;
  /** Status and problem type -> how many. */
  answers: Record<string, number>;
  requests(): number;
  close(): Promise<void>;
}

export interface Request {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  token?: string;
  key?: string;
  body?: unknown;
}

const CONNECTIONS = 128;
/** Longer than the gateway waits for a service. */
const TIMEOUT_MS = 15_000;

/** Keep-alive connections to the gateways, in turn. */
export function createClient(gateways: string[]): Client {
  const pools = gateways.map(
    (url) =>
      new Pool(url, {
        connections: CONNECTIONS,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        connect: { timeout: 2_000 },
      }),
  );
  const answers: Record<string, number> = {};
  let turn = 0;
  let inFlight = 0;
  let requests = 0;
  const count = (name: string): void => void (answers[name] = (answers[name] ?? 0) + 1);

  const ask = async (pool: Pool, { method, path, token, key, body }: Request): Promise<Answer> => {
    const { statusCode, body: stream } = await pool.request({
      method,
      path,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(key && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await stream.text();
    const read = (text === '' ? undefined : JSON.parse(text)) as { type?: string } | undefined;
    const problem = statusCode >= 400 ? (read?.type ?? 'no-problem').replace(PROBLEM_PREFIX, '') : undefined;
    return { status: statusCode, problem, body: read };
  };

  return {
    answers,
    requests: () => requests,
    inFlight: () => inFlight,
    send: async (request) => {
      inFlight += 1;
      requests += 1;
      const first = turn++;
      try {
        for (let attempt = 0; attempt < pools.length; attempt++) {
          try {
            const answer = await ask(pools[(first + attempt) % pools.length]!, request);
            count(answer.problem === undefined ? String(answer.status) : `${answer.status} ${answer.problem}`);
            return answer;
          } catch (error) {
            if ((error as { code?: string }).code !== 'ECONNREFUSED') break;
          }
        }
        count('no answer');
        return undefined;
      } finally {
        inFlight -= 1;
      }
    },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
