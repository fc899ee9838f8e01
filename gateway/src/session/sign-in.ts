import { problem } from '@outerpark/chassis/errors';
import { Router, type Request } from 'express';
import { z } from 'zod';
import type { Cookies } from './cookies';
import type { Issuer } from './issuer';
import type { Seal } from './seal';
import type { Sessions } from './sessions';

interface SignInOptions {
  issuer: Issuer;
  sessions: Pick<Sessions, 'begin'>;
  seal: Seal;
  cookies: Cookies;
  /** Where browsers find us. */
  origins: string[];
}

/** A sign-in that has begun, in a cookie of its own until the browser is back. */
const pending = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectUri: z.string(),
  back: z.string(),
});
const PENDING_MS = 10 * 60 * 1000;
const LONGEST_RETURN = 1_000;
/** Says that somebody signed out here, so that the next one is asked who he is. */
export const SIGNED_OUT = 'signed-out';

/** Authorization Code with PKCE: to the issuer and back, for a browser's address bar. */
export function signInRoutes({ issuer, sessions, seal, cookies, origins }: SignInOptions): Router {
  const router = Router({ caseSensitive: true, strict: true });
  /** The one of our addresses by which this browser came: its cookies are there. */
  const originOf = (req: Request): string => origins.find((origin) => new URL(origin).host === req.host) ?? origins[0]!;

  router.get('/auth/login', async (req, res) => {
    const origin = originOf(req);
    const redirectUri = `${origin}/auth/callback`;
    const again = cookies.read(req, SIGNED_OUT) !== undefined;
    const { url, checks } = await issuer.begin(redirectUri, { again });
    const until = new Date(Date.now() + PENDING_MS);
    const content = { ...checks, redirectUri, back: within(origin, req.query.return) };
    cookies.write(res, 'sign-in', await seal.close('sign-in', content, until), until);
    res.redirect(url);
  });

  router.get('/auth/callback', async (req, res) => {
    const begun = pending.safeParse(await seal.open('sign-in', cookies.read(req, 'sign-in') ?? '')).data;
    if (!begun)
      throw problem('invalid-request', 'This sign-in has ended or was begun in another browser: sign in again');
    cookies.clear(res, 'sign-in');
    const came = new URL(begun.redirectUri);
    came.search = new URL(req.url, came).search;
    await sessions.begin(res, await issuer.finish(came, begun));
    cookies.clear(res, SIGNED_OUT);
    res.redirect(begun.back);
  });
  return router;
}

/** The wanted address, if it is one of ours, else our first page. */
export function within(origin: string, wanted: unknown): string {
  const home = `${origin}/`;
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || wanted.length > LONGEST_RETURN) return home;
  if (!URL.canParse(wanted, origin)) return home;
  const url = new URL(wanted, origin);
  return url.origin === origin ? url.href : home;
}
