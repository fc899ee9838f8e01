import { createHttpApp } from '@outerpark/chassis/http/app';
import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import { Router } from 'express';
import request from 'supertest';
import { addDocs } from './docs';

const app = createHttpApp({
  logger: createLogger('gateway', 'silent'),
  metrics: createMetrics('gateway'),
  ready: {},
  routes: addDocs(Router({ caseSensitive: true, strict: true })),
});

const linked = async (): Promise<string[]> => {
  const { text } = await request(app).get('/api/docs').expect(200);
  return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
};

test('the page runs no script but those of its own origin, and asks nobody else for anything', async () => {
  const { headers, text } = await request(app)
    .get('/api/docs')
    .expect(200)
    .expect('content-type', /^text\/html/);
  const policy = headers['content-security-policy']!;
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(text).not.toMatch(/<script>|<style|\son\w+=|https?:/);
});

test('the page asks for the document and everything else under paths that are served', async () => {
  const paths = await linked();
  expect(paths.map((path) => path.split('/').at(-1))).toEqual(
    expect.arrayContaining(['swagger-ui.css', 'swagger-ui-bundle.js', 'viewer.js']),
  );
  for (const path of paths) await request(app).get(path).expect(200);
  expect((await request(app).get('/api/docs/viewer.js')).text).toContain("url: '/api/openapi.json'");
});

test("the viewer's files may be kept for ever, because another version has another path; ours is asked for anew", async () => {
  const bundle = (await linked()).find((path) => path.endsWith('bundle.js'))!;
  expect(bundle).toMatch(/\/swagger-ui-\d+\.\d+\.\d+\//);
  await request(app).get(bundle).expect('cache-control', 'public, max-age=31536000, immutable');
  const { headers } = await request(app).get('/api/docs/viewer.js').expect('cache-control', 'no-cache');
  await request(app).get('/api/docs/viewer.js').set('if-modified-since', headers['last-modified']!).expect(304);
});

test.each([
  '/api/docs/',
  '/api/docs/package.json',
  '/api/docs/swagger-ui-0.0.0/swagger-ui.css',
  '/api/docs/..%2fpackage.json',
])('%s is not there', (path) => request(app).get(path).expect(404));
