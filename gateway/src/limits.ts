import { problem } from '@outerpark/chassis/errors';
import type { Request, RequestHandler } from 'express';
import { createHash } from 'node:crypto';
import { addressOf } from './addresses';

const MINUTE_MS = 60_000;

/** So many requests a minute from one address. Throws `too-many-requests`. */
export const limitAddress = (perMinute: number): RequestHandler => limit('address', perMinute, addressOf);

/** So many requests a minute by one customer, from wherever. Throws `too-many-requests`. */
export const limitCustomer = (perMinute: number): RequestHandler =>
  limit('customer', perMinute, (req) => req.identity?.customerId);

interface Window {
  requests: number;
  endsAt: number;
  /** The header's value: the key's hash is worked out once a window. */
  policy: string;
}

/**
 * A minute begins with a key's first request. Counted in this process only. Every answer says what is left, in the headers of
 * draft-ietf-httpapi-ratelimit-headers-08. Not express-rate-limit, whose hashes and promises cost each request more than the counting.
 */
function limit(identifier: string, perMinute: number, keyOf: (req: Request) => string | undefined): RequestHandler {
  /** In the order of their ends. */
  const windows = new Map<string, Window>();

  const windowOf = (key: string, now: number): Window => {
    const known = windows.get(key);
    if (known && known.endsAt > now) return known;
    for (const [old, { endsAt }] of windows) {
      if (endsAt > now) break;
      windows.delete(old);
    }
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
    const policy = `"${identifier}"; q=${perMinute}; w=${MINUTE_MS / 1000}; pk=:${Buffer.from(hash).toString('base64')}:`;
    const begun = { requests: 0, endsAt: now + MINUTE_MS, policy };
    windows.set(key, begun);
    return begun;
  };

  return (req, res, next) => {
    const key = keyOf(req);
    if (key === undefined) return next();
    const now = performance.now();
    const window = windowOf(key, now);
    const left = perMinute - ++window.requests;
    const seconds = Math.ceil((window.endsAt - now) / 1000);
    res.appendHeader('RateLimit', `"${identifier}"; r=${Math.max(0, left)}; t=${seconds}`);
    res.appendHeader('RateLimit-Policy', window.policy);
    if (left < 0) throw problem('too-many-requests', undefined, { retryAfterSeconds: seconds });
    next();
  };
}
