import type { Request, RequestHandler } from 'express';
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
  async (req, _res, next) => {
    const header = req.get('authorization');
    if (header !== undefined) {
      const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1];
      if (token === undefined) throw invalidToken('The Authorization header must be: Bearer <token>');
      req.identity = await verify(token);
    }
    next();
  };

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
