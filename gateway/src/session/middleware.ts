import { problem, ProblemError } from '@outerpark/chassis/errors';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { timingSafeEqual } from 'node:crypto';
import type { Sessions, WebSession } from './sessions';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set when the request's identity comes from a cookie and not from a bearer token. */
    session?: WebSession;
    /** There is a session, but the issuer is away, so that nobody knows whether it is still good. */
    sessionDoubt?: ProblemError;
  }
}

/** Where a page asks about its session, now and then and one call at a time: there it is renewed ahead of its end. */
const SESSION = '/api/session';
const CHANGES_NOTHING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Makes of a session's cookie the bearer token that it stands for; from here on there are tokens only, and no service sees a
 * cookie. Throws `csrf-token-invalid` when something would change and the request is not surely from our own page. `origins` are ours.
 */
export function sessionAsToken(sessions: Pick<Sessions, 'of'>, origins: string[]): RequestHandler {
  const fromCookie = async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    if (req.headers.authorization === undefined) {
      req.session = await sessions.of(req, res, req.path === SESSION).catch((error: unknown) => {
        if (error instanceof ProblemError && error.status === 503) req.sessionDoubt = error;
        else throw error;
        return undefined;
      });
    }
    if (req.session) {
      if (!CHANGES_NOTHING.includes(req.method)) requireOwnPage(req, req.session.csrfToken, origins);
      req.headers.authorization = `Bearer ${req.session.accessToken}`;
    }
    delete req.headers.cookie;
    next();
  };
  return (req, res, next) => (req.headers.cookie === undefined ? next() : fromCookie(req, res, next));
}

/** Browsers say from where a request comes, and another site cannot read the token: either would do, and both are asked. */
function requireOwnPage(req: Request, csrfToken: string, origins: string[]): void {
  const site = req.get('sec-fetch-site') ?? 'same-origin';
  const origin = req.get('origin');
  if (!['same-origin', 'none'].includes(site) || (origin !== undefined && !origins.includes(origin)))
    throw problem('csrf-token-invalid', 'The request comes from another site');
  const given = Buffer.from(req.get('x-csrf-token') ?? '');
  const expected = Buffer.from(csrfToken);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw problem('csrf-token-invalid');
}
