import { problems, type ProblemName } from '@outerpark/contracts/http/problems';

/** Members of the answer beside the standard ones, such as `free`; `retryAfterSeconds` becomes the Retry-After header. */
export interface ProblemExtra {
  retryAfterSeconds?: number;
  [member: string]: unknown;
}

interface ProblemOptions {
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that a caller can meet: one of the closed list in contracts, answered as `application/problem+json`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    readonly problem: ProblemName,
    readonly detail?: string,
    { extra = {}, headers = {}, cause }: ProblemOptions = {},
  ) {
    super(detail ?? problems[problem].title, cause === undefined ? undefined : { cause });
    this.extra = extra;
    this.headers = headers;
  }

  get status(): number {
    return problems[this.problem].status;
  }
}

/** `throw problem('seats-unavailable', undefined, { free: 3 })` */
export function problem(name: ProblemName, detail?: string, extra: ProblemExtra = {}): ProblemError {
  const { retryAfterSeconds, ...members } = extra;
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(Math.max(1, Math.ceil(retryAfterSeconds)));
  return new ProblemError(name, detail, { extra: members, headers });
}

/** What can never succeed, however often it is tried: a message becomes a dead letter, a start ends. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
}

/** A failure that may pass: the work is tried again, or the caller is told to. */
export class TransientError extends Error {
  override readonly name: string = 'TransientError';
}

/**
 * The text of anything that was thrown; by its shape, for an error of another realm, as in jest, is no `instanceof Error`. One about
 * several addresses of a host has no text of its own, and the first of its errors has.
 */
export function errorMessage(error: unknown): string {
  const { message, errors } = (error ?? {}) as { message?: unknown; errors?: unknown[] };
  return message === '' && errors?.length ? errorMessage(errors[0]) : String(message ?? error);
}
