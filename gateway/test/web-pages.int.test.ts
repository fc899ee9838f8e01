import type { RunningService } from '@outerpark/chassis/service';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { gatewayTo, sendRaw } from './gateway';

/** As Chromium asks for a page. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8' };
const PAGE = '<!doctype html><title>OuterPark</title>';

let dir: string;
let gateway: RunningService;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'web-'));
  mkdirSync(join(dir, 'dist/assets'), { recursive: true });
  writeFileSync(join(dir, 'secret.txt'), 'not for the web');
  writeFileSync(join(dir, 'dist/index.html'), PAGE);
  writeFileSync(join(dir, 'dist/favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(dir, 'dist/.hidden'), 'not for the web');
  writeFileSync(join(dir, 'dist/assets/index-B4x_1-z9.js'), 'export {};');
  gateway = await gatewayTo({ WEB_DIR: join(dir, 'dist'), OIDC_ISSUER: 'https://issuer.example/realms/tickets' });
});
afterAll(async () => {
  await gateway.stop();
  rmSync(dir, { recursive: true });
});

test.each(['/', '/mypage', '/musicals/0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11', '/anything/else/', '/%ED%95%9C'])(
  'a browser that opens %s gets the page, under a strict policy',
  async (path) => {
    const answer = await request(gateway.url).get(path).set(BROWSER);
    expect(answer).toMatchObject({ status: 200, text: PAGE });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'self';img-src 'self' data:;object-src 'none';base-uri 'none';form-action 'self' https://issuer.example;frame-ancestors 'none'",
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.vary).toContain('Accept');
  },
);

test('a page that a browser has already is not sent again', async () => {
  const { headers } = await request(gateway.url).get('/').set(BROWSER);
  const again = await request(gateway.url)
    .get('/mypage')
    .set({ ...BROWSER, 'if-none-match': headers.etag! });
  expect(again.status).toBe(304);
});

test('a program that opens / gets the API’s answer', async () => {
  for (const accept of ['*/*', 'application/json', undefined]) {
    const answer = await sendRaw(gateway.url, 'GET', '/', accept === undefined ? {} : { accept });
    expect(JSON.parse(answer.body)).toMatchObject({ name: 'OuterPark' });
    expect(answer.headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
  }
});

test('assets may be kept for ever, other files are asked for again', async () => {
  const asset = await request(gateway.url).get('/assets/index-B4x_1-z9.js');
  expect(asset).toMatchObject({ status: 200, text: 'export {};' });
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toMatch(/^text\/javascript/);
  const icon = await request(gateway.url).get('/favicon.svg');
  expect(icon.status).toBe(200);
  expect(icon.headers['cache-control']).toBe('no-cache');
});

test.each(['/assets/gone.js', '/assets/', '/assets', '/api', '/api/nothing', '/auth/nothing', '/internal/holds'])(
  '%s is not there, for a browser neither',
  async (path) => {
    const answer = await request(gateway.url).get(path).set(BROWSER);
    expect(answer).toMatchObject({ status: 404, body: { type: 'urn:outerpark:problem:not-found' } });
    expect(answer.headers['cache-control']).toBe('no-store');
  },
);

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/..\\secret.txt',
  '/..%5csecret.txt',
  '/.hidden',
  '/%00',
  '//secret.txt',
])('%s reads no other file', async (path) => {
  const answer = await sendRaw(gateway.url, 'GET', path);
  expect([400, 403, 404]).toContain(answer.status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.body).not.toContain('not for the web');
});

test('only GET and HEAD open pages', async () => {
  expect((await sendRaw(gateway.url, 'HEAD', '/mypage', BROWSER)).status).toBe(200);
  for (const method of ['POST', 'PUT', 'DELETE'])
    expect((await sendRaw(gateway.url, method, '/mypage', BROWSER)).status).toBe(404);
});

test('where the web is not built, a browser is told how', async () => {
  const bare = await gatewayTo({ WEB_DIR: join(dir, 'nowhere') });
  const answer = await request(bare.url).get('/').set(BROWSER);
  await bare.stop();
  expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringContaining('npm run build') } });
});
