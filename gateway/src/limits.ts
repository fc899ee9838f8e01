import { problem } from '@outerpark/chassis/errors';
import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { addressOf } from './addresses';

const MINUTE_MS = 60_000;

/** So many requests a minute from one address. Throws `too-many-requests`. */
export const limitAddress = (perMinute: number): RequestHandler => limit('address', perMinute, addressOf);

/** So many requests a minute by one customer, from wherever. Throws `too-many-requests`. */
export const limitCustomer = (perMinute: number): RequestHandler =>
  limit('customer', perMinute, (req) => req.identity?.customerId);

/** Counted in this process only. Every answer says what is left, in the headers of draft-ietf-httpapi-ratelimit-headers-08. */
function limit(identifier: string, perMinute: number, keyOf: (req: Request) => string | undefined): RequestHandler {
  return rateLimit({
    identifier,
    windowMs: MINUTE_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skip: (req) => keyOf(req) === undefined,
    keyGenerator: (req) => keyOf(req)!,
    // It has set Retry-After.
    handler: (_req, _res, next) => next(problem('too-many-requests')),
    validate: false,
  });
}
