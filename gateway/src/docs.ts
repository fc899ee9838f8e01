import type { Response, Router } from 'express';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { version } from 'swagger-ui-dist/package.json';

const PAGE = resolve(__dirname, '../viewer');
const SWAGGER_UI = dirname(require.resolve('swagger-ui-dist/package.json'));
/** Another version has another path, so that each may be kept for ever. */
const SWAGGER_UI_PATH = `/api/docs/swagger-ui-${version}`;
const FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png'];

/** Only what is our own, nothing inline; Swagger UI has its icons as data. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the page on which people read the document of the API and try its calls. */
export function addDocs(router: Router): Router {
  const page = readFileSync(resolve(PAGE, 'index.html'), 'utf8').replaceAll('SWAGGER_UI', SWAGGER_UI_PATH);
  router.get('/api/docs', (_req, res) => {
    const headers = {
      'Content-Security-Policy': POLICY,
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    };
    res.set(headers).type('html').send(page);
  });
  router.get('/api/docs/viewer.js', (_req, res) => send(res, PAGE, 'viewer.js', 'no-cache'));
  for (const file of FILES) {
    router.get(`${SWAGGER_UI_PATH}/${file}`, (_req, res) =>
      send(res, SWAGGER_UI, file, 'public, max-age=31536000, immutable'),
    );
  }
  return router;
}

function send(res: Response, root: string, file: string, cache: string): void {
  res.set('Cache-Control', cache).sendFile(file, { root, cacheControl: false });
}
