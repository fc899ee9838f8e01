import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import request from 'supertest';
import { gatewayTo, sendRaw } from './gateway';
import { startUpstream, type Answer, type Upstream } from './upstream';

let issuer: TestIssuer;
let upstream: Upstream;
let answer: Answer;
const running: RunningService[] = [];
const leaving: ClientRequest[] = [];

beforeAll(async () => {
  issuer = await startTestIssuer();
  upstream = await startUpstream('any', (req, res, received) => answer(req, res, received));
});
beforeEach(() => (answer = (_req, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{}')));
afterEach(async () => {
  leaving.splice(0).forEach((req) => req.destroy());
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});
afterAll(() => Promise.all([issuer.stop(), upstream.kill()]));

const start = async (env: Record<string, string>): Promise<string> => {
  const services = { MUSICAL_URL: upstream.url, MYPAGE_URL: upstream.url, PAYMENT_URL: upstream.url };
  const gateway = await gatewayTo({ OIDC_ISSUER: issuer.issuer, ...services, ...env });
  running.push(gateway);
  return gateway.url;
};
const bearer = async (sub: string) => `Bearer ${await issuer.token({ sub })}`;
const tooMany = { status: 429, body: { type: 'urn:outerpark:problem:too-many-requests' } };

describe('requests of one address', () => {
  const seen = (url: string, from?: string) => {
    const sent = request(url).get('/api/musicals');
    return from === undefined ? sent : sent.set('x-forwarded-for', from);
  };

  test('are refused over the limit, and every answer says what is left', async () => {
    const url = await start({ ADDRESS_REQUESTS_PER_MINUTE: '2' });
    const { headers } = await seen(url).expect(200);
    expect(headers.ratelimit).toMatch(/^"address"; r=1; t=\d+$/);
    expect(headers['ratelimit-policy']).toMatch(/^"address"; q=2; w=60; pk=:.+:$/);
    await seen(url).expect(200);
    const refused = await seen(url);
    expect(refused).toMatchObject({ ...tooMany, type: 'application/problem+json' });
    expect(refused.headers.ratelimit).toMatch(/^"address"; r=0; t=\d+$/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await request(url).get('/livez')).status).toBe(200);
    expect((await request(url).get('/readyz')).status).toBe(200);
  });

  test('are not told apart by what a client writes into X-Forwarded-For', async () => {
    const url = await start({ ADDRESS_REQUESTS_PER_MINUTE: '2' });
    await seen(url, '203.0.113.1').expect(200);
    await seen(url, '203.0.113.2').expect(200);
    await seen(url, '203.0.113.3').expect(429);
  });

  test('behind a trusted proxy are the clients’ and never the proxy’s', async () => {
    const url = await start({ ADDRESS_REQUESTS_PER_MINUTE: '2', TRUSTED_PROXIES: 'loopback, 10.0.0.0/8' });
    for (const from of ['203.0.113.1', '203.0.113.2']) {
      await seen(url, from).expect(200);
      // What stands before the proxies' own entries is the client's word.
      await seen(url, `198.51.100.7, ${from}, 10.1.2.3`).expect(200);
      await seen(url, from).expect(429);
    }
    for (let i = 0; i < 4; i++) await seen(url).expect(200);
    expect(upstream.received.at(-1)!.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  test('behind so many proxies are told apart by the entry before theirs', async () => {
    const url = await start({ ADDRESS_REQUESTS_PER_MINUTE: '1', TRUSTED_PROXIES: '1' });
    await seen(url, '198.51.100.7, 203.0.113.1').expect(200);
    await seen(url, '198.51.100.8, 203.0.113.1').expect(429);
    await seen(url, '203.0.113.2').expect(200);
    expect(upstream.received.at(-1)!.headers['x-forwarded-for']).toBe('203.0.113.2');
  });

  test('of one IPv6 subnet count as one', async () => {
    const url = await start({ ADDRESS_REQUESTS_PER_MINUTE: '1', TRUSTED_PROXIES: 'loopback' });
    await seen(url, '2001:db8:0:1::1').expect(200);
    await seen(url, '2001:db8:0:1:ffff::2').expect(429);
    await seen(url, '2001:db8:0:2::1').expect(200);
    await seen(url, '::ffff:203.0.113.9').expect(200);
    await seen(url, '203.0.113.9').expect(429);
  });

  test('with bad tokens count too, and webhooks', async () => {
    const url = await start({ ADDRESS_REQUESTS_PER_MINUTE: '2' });
    await request(url).get('/api/mypage').set('authorization', 'Bearer x').expect(401);
    await request(url).post('/api/payments/webhooks/simulator').send({}).expect(200);
    await request(url).post('/api/payments/webhooks/simulator').send({}).expect(429);
  });
});

test('requests of one customer are counted from wherever they come, and another’s are not', async () => {
  const url = await start({ CUSTOMER_REQUESTS_PER_MINUTE: '2', TRUSTED_PROXIES: 'loopback' });
  const [alice, bob] = [await bearer('alice'), await bearer('bob')];
  const seen = (authorization: string, from: string) =>
    request(url).get('/api/mypage').set({ authorization, 'x-forwarded-for': from });
  const { headers } = await seen(alice, '203.0.113.1').expect(200);
  expect(headers.ratelimit).toMatch(/^"address"; r=\d+; t=\d+, "customer"; r=1; t=\d+$/);
  await seen(alice, '203.0.113.2').expect(200);
  expect(await seen(alice, '203.0.113.3')).toMatchObject(tooMany);
  await seen(bob, '203.0.113.3').expect(200);
  await request(url).get('/api/musicals').set('x-forwarded-for', '203.0.113.3').expect(200);
});

describe('streams', () => {
  const MANY = 500;

  const open = async (url: string, authorization: string): Promise<IncomingMessage> => {
    const { hostname, port } = new URL(url);
    const headers = { authorization, accept: 'text/event-stream' };
    const req = httpRequest({ hostname, port, path: '/api/mypage/stream', headers, agent: false });
    leaving.push(req);
    const [res] = (await once(req.on('error', () => undefined).end(), 'response')) as [IncomingMessage];
    return res.on('error', () => undefined);
  };
  const status = async (url: string, who: string) => {
    const res = await open(url, await bearer(who));
    if (res.statusCode !== 200) res.resume();
    return res.statusCode;
  };
  beforeEach(() => {
    answer = (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
  });

  test('are so many for a customer, for an address and in all, until some end', async () => {
    const url = await start({ CUSTOMER_STREAMS: '2', ADDRESS_STREAMS: '3' });
    expect([await status(url, 'a'), await status(url, 'a'), await status(url, 'a')]).toEqual([200, 200, 429]);
    expect([await status(url, 'b'), await status(url, 'b')]).toEqual([200, 429]);
    leaving.splice(0).forEach((req) => req.destroy());
    await eventually(async () => expect(await status(url, 'b')).toBe(200));

    const small = await start({ STREAMS: '1' });
    expect(await status(small, 'a')).toBe(200);
    const refused = await sendRaw(small, 'GET', '/api/mypage/stream', { authorization: await bearer('b') });
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  });

  test('many at once get every event as it comes, and end properly when the gateway stops', async () => {
    const streams: NodeJS.WritableStream[] = [];
    answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
      streams.push(res);
    };
    const url = await start({ CUSTOMER_STREAMS: String(MANY) });
    const authorization = await bearer('alice');
    const texts: string[] = [];
    let ended = 0;
    for (let opened = 0; opened < MANY; opened += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => open(url, authorization)));
      answers.forEach((res, index) => {
        texts[opened + index] = '';
        res.on('data', (chunk: Buffer) => (texts[opened + index] += chunk.toString()));
        res.on('end', () => (ended += res.complete ? 1 : 0));
      });
    }
    expect(streams).toHaveLength(MANY);
    streams.forEach((stream, index) => stream.write(`data: ${index}\n\n`));
    await eventually(() =>
      expect(texts.filter((text) => /^data: first\n\ndata: \d+\n\n$/.test(text))).toHaveLength(MANY),
    );
    expect(new Set(texts).size).toBe(MANY);
    await running.splice(0)[0]!.stop();
    await eventually(() => expect(ended).toBe(MANY));
  }, 120_000);
});

describe('compression', () => {
  const large = JSON.stringify({ text: 'The Phantom of the Opera '.repeat(100) });
  const small = JSON.stringify({ text: 'Hamlet' });
  const encoded = (path: string, url: string, encoding = 'br, gzip') =>
    new Promise<{ headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const headers = { 'accept-encoding': encoding };
      httpRequest({ hostname, port, path, headers, agent: false }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => resolve({ headers: res.headers, body: Buffer.concat(chunks) }));
      })
        .on('error', reject)
        .end();
    });

  test('is for large text and for those who take it', async () => {
    const url = await start({});
    const headers = { 'content-type': 'application/json', 'content-length': String(large.length) };
    answer = (_req, res) => res.writeHead(200, headers).end(large);
    const br = await encoded('/api/musicals', url);
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: expect.stringContaining('Accept-Encoding') });
    expect(brotliDecompressSync(br.body).toString()).toBe(large);
    expect(br.body.length).toBeLessThan(large.length / 5);
    expect(gunzipSync((await encoded('/api/musicals', url, 'gzip')).body).toString()).toBe(large);
    expect((await encoded('/api/musicals', url, 'identity')).body.toString()).toBe(large);

    answer = (_req, res) => res.writeHead(200, { ...headers, 'content-length': String(small.length) }).end(small);
    expect((await encoded('/api/musicals', url)).body.toString()).toBe(small);
  });

  test('is not for events, nor beside a secret', async () => {
    const url = await start({});
    answer = (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${large}\n\n`);
    expect((await encoded('/api/musicals', url)).headers).not.toHaveProperty('content-encoding');
    const name = 'x'.repeat(200);
    const session = await encoded(`/api/session?${name}`, url);
    expect(session.headers).not.toHaveProperty('content-encoding');
  });
});

describe('another site', () => {
  const SITE = 'https://partner.example';
  const preflight = (url: string, origin: string) =>
    request(url)
      .options('/api/reservations')
      .set({ origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' });

  test('is let in by configuration, with a token and never with a cookie', async () => {
    const url = await start({ CORS_ORIGINS: `${SITE}, https://other.example` });
    const allowed = await preflight(url, SITE);
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': SITE,
      'access-control-allow-headers': expect.stringContaining('Authorization'),
      vary: expect.stringContaining('Origin'),
    });
    const read = await request(url).get('/api/musicals').set('origin', SITE);
    expect(read.headers).toMatchObject({
      'access-control-allow-origin': SITE,
      'access-control-expose-headers': expect.stringContaining('X-As-Of'),
    });
    for (const { headers } of [allowed, read]) expect(headers).not.toHaveProperty('access-control-allow-credentials');
    const stranger = await request(url).get('/api/musicals').set('origin', 'https://evil.example');
    expect(stranger.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('is not let in otherwise', async () => {
    const url = await start({});
    const answers = [await preflight(url, SITE), await request(url).get('/api/musicals').set('origin', SITE)];
    for (const { headers } of answers) expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
