import { problem, ProblemError } from '@outerpark/chassis/errors';
import type { TokenVerifier } from '@outerpark/chassis/http/token-verifier';
import type { Request, Response } from 'express';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Cookies } from './cookies';
import type { Issuer, Tokens } from './issuer';
import { createRenewals, isRefusal } from './renewals';
import type { Seal } from './seal';

/** Somebody who is signed in with a browser. */
export interface WebSession {
  accessToken: string;
  /** What a page has to show, so that no other site can act in the customer's name. */
  csrfToken: string;
  expiresAt: Date;
}

/** Sessions live in two cookies and nowhere else: one has the access token for as long as it is good, the other gets the next one. */
export interface Sessions {
  /**
   * Undefined when nobody is signed in. With `ahead` a session that is soon to be renewed is renewed now. Throws
   * `service-unavailable` when it cannot be told, because the issuer is away or another process may just have renewed it.
   */
  of(req: Request, res: Response, ahead?: boolean): Promise<WebSession | undefined>;
  /** Throws `bad-gateway` when the issuer's access token is not for us. */
  begin(res: Response, tokens: Tokens): Promise<void>;
  end(res: Response): void;
}

interface SessionsOptions {
  seal: Seal;
  cookies: Cookies;
  issuer: Pick<Issuer, 'renew'>;
  verify: TokenVerifier;
  /** From the sign-in on, when the issuer gives refresh tokens. */
  longestMs: number;
}

/** What either cookie holds. `until` is the session's end, in milliseconds. */
const content = z.object({ token: z.string(), csrf: z.string(), until: z.number() });
/** Longer than a page waits before it asks about its session again. */
const AHEAD_MS = 120_000;

export function createSessions({ seal, cookies, issuer, verify, longestMs }: SessionsOptions): Sessions {
  const renew = createRenewals(issuer.renew);

  const read = async (req: Request, name: 'session' | 'refresh') => {
    const text = cookies.read(req, name);
    return text === undefined ? undefined : content.safeParse(await seal.open(name, text)).data;
  };
  const put = async (res: Response, name: 'session' | 'refresh', held: z.infer<typeof content>, end: number) => {
    const fits = cookies.write(res, name, await seal.close(name, held, new Date(end)), new Date(end));
    if (!fits) throw problem('bad-gateway', "The issuer's tokens are too large for a cookie");
  };

  const write = async (res: Response, tokens: Tokens, csrf: string, latest: number): Promise<WebSession> => {
    const { expiresAt: good = 0 } = await verify(tokens.access);
    const until = tokens.refresh === undefined ? good : latest;
    await put(res, 'session', { token: tokens.access, csrf, until }, good);
    if (tokens.refresh !== undefined) await put(res, 'refresh', { token: tokens.refresh, csrf, until }, until);
    return { accessToken: tokens.access, csrfToken: csrf, expiresAt: new Date(until) };
  };

  const end = (res: Response) => (['session', 'refresh'] as const).forEach((name) => cookies.clear(res, name));

  const renewed = async (req: Request, res: Response): Promise<WebSession | undefined> => {
    const last = await read(req, 'refresh');
    if (!last) return undefined;
    const { access, refresh = last.token } = await renew(last.token);
    return write(res, { access, refresh }, last.csrf, last.until);
  };

  const current = async (req: Request, res: Response, ahead: boolean): Promise<WebSession | undefined> => {
    const held = await read(req, 'session');
    if (!held) return renewed(req, res);
    const { expiresAt: good = 0 } = await verify(held.token);
    const session = { accessToken: held.token, csrfToken: held.csrf, expiresAt: new Date(held.until) };
    if (!ahead || good - Date.now() > AHEAD_MS) return session;
    // It is good still: what went wrong now may go well the next time.
    const next = await renewed(req, res).catch((error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
      return undefined;
    });
    return next ?? session;
  };

  return {
    of: async (req, res, ahead = false) => {
      try {
        return await current(req, res, ahead);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // The token was withdrawn, or the issuer gives no further one.
        end(res);
        return undefined;
      }
    },
    begin: async (res, tokens) => {
      try {
        await write(res, tokens, randomBytes(32).toString('base64url'), Date.now() + longestMs);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem !== 'unauthenticated') throw error;
        throw new ProblemError('bad-gateway', "The issuer's access token is not for this API", { cause: error });
      }
    },
    end,
  };
}
