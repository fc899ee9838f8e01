import { problem, ProblemError } from '@outerpark/chassis/errors';
import type { Logger } from '@outerpark/chassis/logger';
import { Router, type ErrorRequestHandler, type Request } from 'express';
import { z } from 'zod';
import { wantsPage } from '../web-pages';
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
  logger: Logger;
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
export function signInRoutes({ issuer, sessions, seal, cookies, origins, logger }: SignInOptions): Router {
  const router = Router({ caseSensitive: true, strict: true });
  /** The one of our addresses by which this browser came: its cookies are there. */
  const originOf = (req: Request): string => origins.find((origin) => new URL(origin).host === req.host) ?? origins[0]!;

  router.get('/auth/login', async (req, res) => {
    const origin = originOf(req);
    const back = (res.locals.back = within(origin, req.query.return));
    const redirectUri = `${origin}/auth/callback`;
    const again = cookies.read(req, SIGNED_OUT) !== undefined;
    const { url, checks } = await issuer.begin(redirectUri, { again });
    const until = new Date(Date.now() + PENDING_MS);
    const content = { ...checks, redirectUri, back };
    cookies.write(res, 'sign-in', await seal.close('sign-in', content, until), until);
    res.redirect(url);
  });

  router.get('/auth/callback', async (req, res) => {
    const begun = pending.safeParse(await seal.open('sign-in', cookies.read(req, 'sign-in') ?? '')).data;
    if (!begun)
      throw problem('invalid-request', 'This sign-in has ended or was begun in another browser: sign in again');
    cookies.clear(res, 'sign-in');
    res.locals.back = begun.back;
    const came = new URL(begun.redirectUri);
    came.search = new URL(req.url, came).search;
    await sessions.begin(res, await issuer.finish(came, begun));
    cookies.clear(res, SIGNED_OUT);
    res.redirect(begun.back);
  });
  router.use(showFailure(logger));
  return router;
}

/** A person in front of a browser is not shown a problem, but the page that says what has happened and what to do. */
const showFailure =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, req, res, next) => {
    if (!(error instanceof ProblemError) || !wantsPage(req)) return next(error);
    res.locals.problem = error.problem;
    if (error.status >= 500) logger.warn({ err: error.cause ?? error }, 'sign-in failed');
    const { back } = res.locals as { back?: string };
    const query = new URLSearchParams({ why: reasonOf(error, req, back) });
    if (back !== undefined) {
      const { pathname, search, hash } = new URL(back);
      query.set('return', pathname + search + hash);
    }
    res.redirect(303, `/sign-in-failed?${query.toString()}`);
  };

/** As the page knows them. Without a way back nothing was under way here. */
function reasonOf({ problem }: ProblemError, req: Request, back: string | undefined): string {
  if (problem === 'service-unavailable') return 'unavailable';
  if (back === undefined) return 'ended';
  return req.query.error === undefined ? 'invalid' : 'refused';
}

/** The wanted address, if it is one of ours, else our first page. */
export function within(origin: string, wanted: unknown): string {
  const home = `${origin}/`;
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || wanted.length > LONGEST_RETURN) return home;
  if (!URL.canParse(wanted, origin)) return home;
  const url = new URL(wanted, origin);
  return url.origin === origin ? url.href : home;
}
