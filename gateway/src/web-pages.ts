import { problem } from '@outerpark/chassis/errors';
import express, { Router, type Request, type Response } from 'express';
import helmet from 'helmet';
import { sep } from 'node:path';

interface WebPagesOptions {
  /** The built web: `index.html`, and `assets/` whose names change with their content. */
  dir: string;
  /** Where else a form may lead: the issuer. */
  formTargets: string[];
}

const FOR_EVER = 'public, max-age=31536000, immutable';
/** Not pages, whatever the browser would rather have. */
const OURS = /^\/(api|auth|assets|internal)(\/|$)/;

/** The web: its files, and for every other path that a browser opens its one page, which finds out by itself what to show. */
export function webPages({ dir, formTargets }: WebPagesOptions): Router {
  const router = Router();
  const pageHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'", ...formTargets],
        frameAncestors: ["'none'"],
      },
    },
    // With no-referrer a form's own origin would be told as `null`.
    referrerPolicy: { policy: 'same-origin' },
  });
  const asPage = (res: Response): void => {
    pageHeaders(res.req, res, () => undefined);
    res.setHeader('Cache-Control', 'no-cache');
  };
  const files = express.static(dir, {
    index: false,
    redirect: false,
    setHeaders: (res: Response, path) => {
      if (path.startsWith(`${dir}${sep}assets${sep}`)) res.setHeader('Cache-Control', FOR_EVER);
      else asPage(res);
    },
  });

  router.use((req, res, next) => {
    res.locals.route = 'web file';
    if (/^\/(api|auth)(\/|$)/.test(req.path)) next();
    else files(req, res, next);
  });
  router.use((req, res, next) => {
    delete res.locals.route;
    if (!isPage(req)) return next();
    res.locals.route = 'web page';
    res.vary('Accept');
    req.url = '/index.html';
    files(req, res, () => next(problem('not-found', 'The web pages are not built here: npm run build -w gateway/web')));
  });
  return router;
}

/** A program that takes anything gets the API's answers. */
export const wantsPage = (req: Request): boolean => req.accepts(['json', 'html']) === 'html';

const isPage = (req: Request): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && !OURS.test(req.path) && wantsPage(req);
