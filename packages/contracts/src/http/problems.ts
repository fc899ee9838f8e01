import { z } from 'zod';

/**
 * The closed list of problem types (RFC 9457). `type` in an answer is `urn:outerpark:problem:<name>`.
 * A caller may switch on it; the title is for people and may change.
 */
export const problems = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, title: 'A valid bearer token is needed' },
  'invalid-signature': { status: 401, title: 'The webhook is not signed as it has to be' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  'csrf-token-invalid': { status: 403, title: 'With a session this call needs the header X-CSRF-Token' },
  'not-found': { status: 404, title: 'There is no such thing, or it is not yours' },
  'method-not-allowed': { status: 405, title: 'This method is not offered here' },
  'request-timeout': { status: 408, title: 'The request did not come in time' },
  'seats-unavailable': { status: 409, title: 'Not enough free seats' },
  'customer-limit-reached': { status: 409, title: 'No more seats for one customer' },
  'capacity-below-taken': { status: 409, title: 'The capacity would be below the seats already taken' },
  'choose-performance': { status: 409, title: 'This musical has several performances or grades: name one' },
  'performance-over': { status: 409, title: 'The performance has begun' },
  'reservation-ended': { status: 409, title: 'The reservation has ended' },
  'payment-not-open': { status: 409, title: 'There is nothing to pay now' },
  'hold-ended': { status: 409, title: 'The hold of this reservation was ended before' },
  'reservation-live': { status: 409, title: 'The reservation is live: it has to be cancelled instead' },
  'nothing-to-do': { status: 409, title: 'There is nothing to be done about it now' },
  'request-in-flight': { status: 409, title: 'The first request with this Idempotency-Key is still in flight' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used with another request' },
  'waiting-room': { status: 429, title: 'There is a waiting room: join it and wait for your turn' },
  'too-many-requests': { status: 429, title: 'Too many requests: slow down' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'bad-gateway': { status: 502, title: 'A service behind the gateway gave no valid answer' },
  'seat-check-unavailable': { status: 503, title: 'Seats cannot be checked right now' },
  'service-unavailable': { status: 503, title: 'The service is not available right now' },
  'gateway-timeout': { status: 504, title: 'A service behind the gateway took too long' },
} as const;

export type ProblemName = keyof typeof problems;

export const PROBLEM_PREFIX = 'urn:outerpark:problem:';

export const problem = z
  .looseObject({
    type: z.string().startsWith(PROBLEM_PREFIX),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    correlationId: z.string().optional(),
    /** For invalid-request: where in the request, and what is wrong there. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** For seats-unavailable: the seats that are free now, by grade, and in the one that was short. */
    free: z.int().optional(),
    /** For waiting-room: of which performance, and how the customer stands, as in a WaitingPass. */
    performanceId: z.uuid().optional(),
    position: z.int().min(1).nullable().optional(),
    ahead: z.int().min(0).optional(),
    expectedWaitSeconds: z.int().min(0).optional(),
  })
  .meta({
    id: 'Problem',
    examples: [{ type: `${PROBLEM_PREFIX}not-found`, title: problems['not-found'].title, status: 404 }],
  });
export type Problem = z.infer<typeof problem>;
