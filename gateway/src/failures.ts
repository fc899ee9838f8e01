import { ProblemError, problem } from '@outerpark/chassis/errors';
import { neverConnected } from '@outerpark/chassis/http/client';

/** Not ours (a body over the limit) and not the client's (a header or query that cannot be sent on). */
export const isReplicasFault = (error: unknown): boolean =>
  !(error instanceof ProblemError) && codeOf(error) !== 'UND_ERR_INVALID_ARG';

/** What the client is told when no replica gave an answer. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (neverConnected(error)) {
    return new ProblemError('service-unavailable', undefined, { headers: { 'Retry-After': '1' }, cause: error });
  }
  switch (codeOf(error)) {
    case 'UND_ERR_INVALID_ARG':
      return problem('invalid-request', 'The request cannot be passed on');
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new ProblemError('gateway-timeout', undefined, { cause: error });
    default:
      return new ProblemError('bad-gateway', undefined, { cause: error });
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
