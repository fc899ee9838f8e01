import type { Session } from '@outerpark/contracts/http/session';
import type { Router } from 'express';
import type { Cookies } from './cookies';
import { SIGNED_OUT } from './sign-in';
import type { Sessions } from './sessions';

export interface SessionApi {
  sessions: Pick<Sessions, 'end'>;
  cookies: Cookies;
}

const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Adds what a page asks about its session. */
export function addSessionRoutes(router: Router, { sessions, cookies }: SessionApi): Router {
  router.get('/api/session', (req, res) => {
    if (req.sessionDoubt) throw req.sessionDoubt;
    const { identity, session } = req;
    const nobody: Session = { customer: null, csrfToken: null, expiresAt: null };
    if (!identity) return void res.json(nobody);
    const { customerId: id, name = id, email, locale, roles } = identity;
    const expiresAt = session?.expiresAt ?? new Date(identity.expiresAt ?? 0);
    const answer: Session = {
      customer: { id, name, email, locale, roles },
      csrfToken: session?.csrfToken ?? null,
      expiresAt: expiresAt.toISOString(),
    };
    res.json(answer);
  });

  router.post('/auth/logout', (req, res) => {
    if (req.session) {
      sessions.end(res);
      cookies.write(res, SIGNED_OUT, '1', new Date(Date.now() + REMEMBERED_MS));
    }
    res.status(204).end();
  });
  return router;
}
