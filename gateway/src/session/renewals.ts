import { ProblemError } from '@outerpark/chassis/errors';
import type { Tokens } from './issuer';

type Renew = (refreshToken: string) => Promise<Tokens>;

/** Requests that were under way with an old refresh token get what the first of them got. */
const KEPT_MS = 30_000;
/** So long a refused refresh token may be one that another process has just used: then the browser has the next one soon. */
const DOUBT_MS = 1_500;

/** It is answered, and the answer is no. */
export const isRefusal = (error: unknown): error is ProblemError => error instanceof ProblemError && error.status < 500;

/**
 * The same, by one call for all who ask with the same token, whose refusal is a doubt at first (`service-unavailable`): another
 * process may have been first. To end the session at once would also take the cookies away that the other one's answer brings.
 */
export function createRenewals(renew: Renew): Renew {
  const shared = onceForEach(renew);
  const refusedAt = new Map<string, number>();
  return (token) =>
    shared(token).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      const first = refusedAt.get(token) ?? Date.now();
      if (!refusedAt.has(token)) {
        refusedAt.set(token, first);
        setTimeout(() => refusedAt.delete(token), KEPT_MS).unref();
      }
      throw Date.now() - first < DOUBT_MS ? doubt(error) : error;
    });
}

const doubt = (cause: ProblemError): ProblemError =>
  new ProblemError('service-unavailable', 'The session may just have been renewed', {
    headers: { 'Retry-After': '1' },
    cause,
  });

/** Its result is kept for a while; a failure is shared only by those who wait for it. */
function onceForEach(renew: Renew): Renew {
  const calls = new Map<string, Promise<Tokens>>();
  return (token) => {
    const known = calls.get(token);
    if (known) return known;
    const result = renew(token);
    const forget = () => calls.delete(token);
    calls.set(token, result);
    result.then(() => setTimeout(forget, KEPT_MS).unref(), forget);
    return result;
  };
}
