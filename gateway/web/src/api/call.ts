import { CallFailed, failureOf, offline } from './failure';

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  /** Idempotency-Key: the same for every try of one intention. */
  key?: string;
  signal?: AbortSignal;
}

export interface Answer<T> {
  body: T;
  status: number;
  headers: Headers;
}

let csrfToken: string | null = null;

/** Told by the session whenever it is read: every write has to prove that it comes from our page. */
export const setCsrfToken = (token: string | null): void => {
  csrfToken = token;
};

const headersOf = ({ method = 'GET', body, key }: Call): Record<string, string> => ({
  Accept: 'application/json',
  ...(body !== undefined && { 'Content-Type': 'application/json' }),
  ...(key !== undefined && { 'Idempotency-Key': key }),
  ...(method !== 'GET' && csrfToken !== null && { 'X-CSRF-Token': csrfToken }),
});

/**
 * One call of the API with the answer's headers; `path` is like `/api/musicals?limit=20`. Throws `CallFailed`. The cookie travels by itself.
 * `T` is what the contract promises: the answer is not checked again.
 */
export const callForAnswer = async <T>(path: string, options: Call = {}): Promise<Answer<T>> => {
  try {
    return await once<T>(path, options);
  } catch (error) {
    // Signed in anew in another tab: the cookie is another, and nothing was done.
    if (!(error instanceof CallFailed) || error.failure.kind !== 'csrf-token-invalid') throw error;
    const { body } = await once<{ csrfToken: string | null }>('/api/session', {});
    setCsrfToken(body.csrfToken);
    return once<T>(path, options);
  }
};

const once = async <T>(path: string, options: Call): Promise<Answer<T>> => {
  const { method = 'GET', body, signal } = options;
  const response = await fetch(path, {
    method,
    signal,
    headers: headersOf(options),
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new CallFailed(offline());
  });
  const text = await response.text().catch(() => '');
  if (!response.ok) throw new CallFailed(failureOf(response.status, response.headers, parse(text), Date.now()));
  return { body: parse(text) as T, status: response.status, headers: response.headers };
};

/** One call of the API: the answer's body. Throws `CallFailed`. */
export const call = async <T>(path: string, options?: Call): Promise<T> => (await callForAnswer<T>(path, options)).body;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
