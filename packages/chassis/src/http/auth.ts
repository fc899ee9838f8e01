import type { NextFunction, Request, RequestHandler } from 'express';
import { problem } from '../errors';
import { invalidToken, type Identity, type TokenVerifier } from './token-verifier';

export { createTokenVerifier, type Identity, type TokenVerifier } from './token-verifier';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set when the request came with a valid bearer token. */
    identity?: Identity;
  }
}

/** Verifies the bearer token when there is one; whether one is needed is the route's matter. */
export const authenticate =
  (verify: TokenVerifier): RequestHandler =>
  (req, _res, next) => {
    const { authorization } = req.headers;
    if (authorization === undefined) return next();
    const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw invalidToken('The Authorization header must be: Bearer <token>');
    const known = verify.known?.(token);
    if (!known) return verify(token).then((identity) => goOn(req, identity, next));
    goOn(req, known, next);
  };

function goOn(req: Request, identity: Identity, next: NextFunction): void {
  req.identity = identity;
  next();
}

/** Anyone with a valid token; else throws `unauthenticated`. */
export function requireIdentity(req: Request): Identity {
  if (req.identity === undefined) throw problem('unauthenticated');
  return req.identity;
}

/** Somebody with this role; else throws `unauthenticated` or `forbidden`. */
export function requireRole(req: Request, role: string): Identity {
  const identity = requireIdentity(req);
  if (!identity.roles.includes(role)) throw problem('forbidden', `The role ${role} is needed`);
  return identity;
}

/** Somebody who may reserve: an admin who is no customer may not. */
export const requireCustomer = (req: Request): Identity => requireRole(req, 'customer');

export const isAdmin = (identity: Identity): boolean => identity.roles.includes('admin');
