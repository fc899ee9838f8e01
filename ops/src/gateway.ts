import { randomUUID } from 'node:crypto';
import { errorMessage } from '@outerpark/chassis/errors';
import { problem } from '@outerpark/contracts/http/problems';
import type { ZodType } from 'zod';
import { readDesk } from './config';

/** The system said no; the message is its word. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

interface Asked<T> {
  path: string;
  query?: Record<string, string | undefined>;
  /** With it, it is a write. */
  body?: { reason: string };
  answer: ZodType<T>;
}

/** Asks the gateway as an admin. Throws Refused for a 4xx, and another error when it could not be asked. */
export async function ask<T>({ path, query = {}, body, answer }: Asked<T>): Promise<T> {
  const { gateway, token } = await readDesk();
  const url = new URL(path, gateway);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
  };
  const got = await fetch(url, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) }).catch(
    (error: Error) => {
      throw new Error(`The gateway at ${gateway} cannot be reached: ${errorMessage(error.cause ?? error)}`);
    },
  );
  const content: unknown = await got.json().catch((): unknown => undefined);
  if (got.ok) return answer.parse(content);
  const read = problem.safeParse(content);
  const said = read.success ? [read.data.title, read.data.detail].filter(Boolean).join(': ') : `answered ${got.status}`;
  throw got.status < 500 ? new Refused(said) : new Error(`The gateway could not serve it: ${said}`);
}
