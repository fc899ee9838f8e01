import { PROBLEM_PREFIX, problems } from '@outerpark/contracts/http/problems';
import type { ErrorRequestHandler, Response } from 'express';
import { contextIfAny } from '../context';
import { problem, ProblemError, TransientError } from '../errors';
import type { Logger } from '../logger';
import { isPassingFailure } from '../postgres/failures';
import { StoreFenced } from '../postgres/fence';

export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: {
    type: string;
    title: string;
    status: number;
    detail?: string;
    correlationId?: string;
    [member: string]: unknown;
  };
}

/** Any error as the problem that its caller is told: what is not known is `internal-error`, and its text stays inside. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreFenced)
    return new ProblemError('service-unavailable', error.message, { headers: { 'Retry-After': '30' }, cause: error });
  if (mayPass(error))
    return new ProblemError('service-unavailable', undefined, { headers: { 'Retry-After': '1' }, cause: error });
  return requestFault(error) ?? new ProblemError('internal-error', undefined, { cause: error });
}

export function problemAnswer(error: ProblemError): ProblemAnswer {
  const { status, title } = problems[error.problem];
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  const correlationId = contextIfAny()?.correlationId;
  return {
    status,
    headers: error.problem === 'unauthenticated' ? { 'WWW-Authenticate': 'Bearer', ...error.headers } : error.headers,
    body: {
      ...error.extra,
      type: PROBLEM_PREFIX + error.problem,
      title,
      status,
      ...detail,
      ...(correlationId === undefined ? {} : { correlationId }),
    },
  };
}

export function sendProblem(res: Response, error: ProblemError): void {
  const { status, headers, body } = problemAnswer(error);
  // Not res.json: it would put back the charset that problem+json does not have.
  res.status(status).set(headers).set('Content-Type', 'application/problem+json').end(JSON.stringify(body));
}

/** The one error handler, after all routes. */
export const problemHandler =
  (logger: Logger): ErrorRequestHandler =>
  (error, req, res, _next) => {
    const known = asProblem(error);
    res.locals.problem = known.problem;
    if (known.problem === 'internal-error') logger.error({ err: error as unknown }, 'request failed');
    else if (known.status >= 500) logger.warn({ err: known.cause ?? known }, 'request could not be served');
    // Half an answer cannot become another one; the caller must see that it is broken.
    if (res.headersSent) req.socket.destroy();
    else sendProblem(res, known);
  };

/** An outage is not a bug: the database away or busy, a neighbour that gave no answer, whatever calls itself transient. */
const mayPass = (error: unknown): boolean => error instanceof TransientError || isPassingFailure(error);

const BODY_FAULTS: Record<string, () => ProblemError> = {
  'entity.parse.failed': () => problem('malformed-json'),
  'entity.too.large': () => problem('body-too-large'),
  'encoding.unsupported': () => problem('unsupported-media-type', 'This content encoding is not accepted'),
  'charset.unsupported': () => problem('unsupported-media-type', 'This charset is not accepted'),
};

/** What express and its body parser throw at a request that they cannot read: their errors carry a 4xx `status`. */
function requestFault(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  if (typeof error.status !== 'number' || error.status < 400 || error.status > 499) return undefined;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  return BODY_FAULTS[type]?.() ?? problem('invalid-request', 'The request cannot be read');
}
