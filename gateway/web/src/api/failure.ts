import type { Problem, ProblemName } from '@outerpark/contracts/http/problems';

/** Why a call did not succeed: a problem of the API, `offline` when no answer came, `unreadable` for an answer of something else. */
export type FailureKind = ProblemName | 'csrf-token-invalid' | 'too-many-requests' | 'offline' | 'unreadable';

export interface Failure {
  kind: FailureKind;
  /** 0 when there was no answer. */
  status: number;
  /** A sentence of the API, in English: for developers and operators, not for customers. */
  detail: string | null;
  /** Names the call in the logs of all services. */
  correlationId: string | null;
  retryAfterSeconds: number | null;
  /** Of `invalid-request`: where in the request, and what is wrong there. */
  errors: { path: string; message: string }[];
  /** Of `seats-unavailable`: how many seats of which grade are free. */
  free: number | null;
  grade: string | null;
  /** Of `customer-limit-reached`. */
  maxPerCustomer: number | null;
  /** Of `capacity-below-taken`: how many seats are held or sold. */
  taken: number | null;
}

/** What `call` throws; the query client and the error states know it. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';

  constructor(readonly failure: Failure) {
    super(failure.detail ?? failure.kind);
  }
}

const NOTHING: Omit<Failure, 'kind' | 'status'> = {
  detail: null,
  correlationId: null,
  retryAfterSeconds: null,
  errors: [],
  free: null,
  grade: null,
  maxPerCustomer: null,
  taken: null,
};

export const offline = (): Failure => ({ kind: 'offline', status: 0, ...NOTHING });

// As in contracts, whose file would bring all of zod into the first load.
const PREFIX = 'urn:outerpark:problem:';
const isProblem = (body: unknown): body is Problem & { grade?: unknown } =>
  typeof body === 'object' &&
  body !== null &&
  'type' in body &&
  typeof body.type === 'string' &&
  body.type.startsWith(PREFIX);

/** Retry-After as seconds from `now`: it is a number of seconds or a date. */
export const retryAfter = (header: string | null, now: number): number | null => {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - now) / 1000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
};

/** A refused answer as a failure. `body` is its parsed JSON, undefined when it was none. */
export const failureOf = (status: number, headers: Headers, body: unknown, now: number): Failure => {
  const common = {
    ...NOTHING,
    status,
    correlationId: headers.get('x-correlation-id'),
    retryAfterSeconds: retryAfter(headers.get('retry-after'), now),
  };
  if (!isProblem(body)) return { ...common, kind: 'unreadable' };
  return {
    ...common,
    kind: body.type.slice(PREFIX.length) as ProblemName,
    detail: body.detail ?? null,
    correlationId: body.correlationId ?? common.correlationId,
    errors: body.errors ?? [],
    free: body.free ?? null,
    grade: typeof body.grade === 'string' ? body.grade : null,
    maxPerCustomer: typeof body.maxPerCustomer === 'number' ? body.maxPerCustomer : null,
    taken: typeof body.taken === 'number' ? body.taken : null,
  };
};

/** The failure in whatever was thrown; what is none of ours counts as a fault of this page. */
export const failureIn = (error: unknown): Failure =>
  error instanceof CallFailed ? error.failure : { kind: 'unreadable', status: 0, ...NOTHING, detail: String(error) };
