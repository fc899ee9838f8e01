import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { failureIn } from './failure';
import { SESSION } from './session';

const MOST_RETRIES = 3;

/** Whether asking again can help: no answer, an overload or a fault, never a refusal. */
export const mayPass = (status: number): boolean => status === 0 || status === 429 || status >= 500;

/** Milliseconds before the next try of a read: what the answer asked for, else 1, 2, 4 s. */
export const pauseBefore = (tries: number, retryAfterSeconds: number | null): number =>
  retryAfterSeconds === null ? 1000 * 2 ** tries : Math.min(30, retryAfterSeconds) * 1000;

/** Only reads are repeated by themselves. A write is repeated by the person, under the same Idempotency-Key. */
export const makeQueryClient = (): QueryClient => {
  const onError = (error: unknown) => signInEnded(queries, error);
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 2000,
        retry: (tries, error) => tries < MOST_RETRIES && mayPass(failureIn(error).status),
        retryDelay: (tries, error) => pauseBefore(tries, failureIn(error).retryAfterSeconds),
      },
      // Without a network a write fails at once: it must not be done later, when nobody expects it any more.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return queries;
};

/** When the API knows us no more, the session is read again: pages then ask to sign in. */
export const signInEnded = (queries: QueryClient, error: unknown): void => {
  if (failureIn(error).status === 401) void queries.invalidateQueries({ queryKey: SESSION });
};
