import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import request from 'supertest';
import { fetch } from 'undici';
import { gatewayTo, sendRaw } from './gateway';
import { startEagerUpstream, startUpstream, type Answer, type Upstream } from './upstream';

let issuer: TestIssuer;
let authorization: string;
const running: { stop?(): Promise<unknown>; kill?(): Promise<unknown> }[] = [];

beforeAll(async () => {
  issuer = await startTestIssuer();
  authorization = `Bearer ${await issuer.token()}`;
});
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await (each.stop ?? each.kill)?.();
});
afterAll(() => issuer.stop());

async function gatewayAt(upstream: Upstream, env: Record<string, string> = {}): Promise<RunningService> {
  const gateway = await gatewayTo({ OIDC_ISSUER: issuer.issuer, MUSICAL_URL: upstream.url, ...env });
  running.push(upstream, gateway);
  return gateway;
}
const behind = async (answer?: Answer, env?: Record<string, string>) => {
  const upstream = await startUpstream('musical', answer);
  return { upstream, gateway: await gatewayAt(upstream, env) };
};
const behindEager = async (answer: (req: IncomingMessage, res: ServerResponse) => unknown) => {
  const upstream = await startEagerUpstream(answer);
  return { upstream, gateway: await gatewayAt(upstream) };
};
const post = (gateway: RunningService) => request(gateway.url).post('/api/musicals').set({ authorization });
const type = (name: string) => ({ type: `urn:outerpark:problem:${name}` });

describe('bodies', () => {
  test('are passed on byte for byte, malformed JSON too: the service answers', async () => {
    const { upstream, gateway } = await behind((_req, res) => {
      res.writeHead(400, { 'content-type': 'application/problem+json' }).end(JSON.stringify(type('malformed-json')));
    });
    const answer = await post(gateway).set('content-type', 'application/json').send('{"name": "Ham');
    expect(upstream.received).toMatchObject([
      { body: '{"name": "Ham', headers: { 'content-type': 'application/json' } },
    ]);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.body).toEqual(type('malformed-json'));
  });

  test('of exactly the limit pass, declared or streamed', async () => {
    const { upstream, gateway } = await behind(undefined, { BODY_LIMIT_BYTES: '2000' });
    await post(gateway).set('content-type', 'text/plain').send('x'.repeat(2000)).expect(200);
    expect(await stream(gateway, 20, 100)).toMatchObject({ status: 200 });
    expect(upstream.received.map(({ body }) => body.length)).toEqual([2000, 2000]);
  });

  test('of 10 MB are refused by their declared length before anything is sent', async () => {
    const { upstream, gateway } = await behind();
    const answer = await post(gateway).set('content-type', 'text/plain').send('x'.repeat(10_000_000));
    expect(answer).toMatchObject({ status: 413, body: type('body-too-large') });
    expect(upstream.connections()).toBe(0);
  });

  test('of 10 MB are cut off when they are streamed, and the client reads why', async () => {
    const { upstream, gateway } = await behind();
    expect(await stream(gateway, 1000, 10_000)).toMatchObject({ status: 413, body: type('body-too-large') });
    expect(upstream.received).toEqual([]);
  });

  test('that the service does not wait for do not disturb its answer nor the connection', async () => {
    const { gateway } = await behindEager((_req, res) => res.writeHead(401).end('no'));
    expect(await stream(gateway, 10, 10_000)).toMatchObject({ status: 401, body: 'no' });
    expect(await stream(gateway, 10, 10_000)).toMatchObject({ status: 401, body: 'no' });
  });

  test('of a DELETE pass, of a GET do not', async () => {
    const reservation = await startUpstream('reservation');
    const { upstream, gateway } = await behind(undefined, { RESERVATION_URL: reservation.url });
    running.push(reservation);
    const path = '/api/reservations/0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11';
    await request(gateway.url).delete(path).set({ authorization }).send({ why: 'ill' }).expect(200);
    expect(reservation.received).toMatchObject([{ method: 'DELETE', body: '{"why":"ill"}' }]);
    await request(gateway.url).get('/api/musicals').send({ any: 'thing' }).expect(200);
    expect(upstream.received).toMatchObject([{ method: 'GET', body: '' }]);
    expect(upstream.received[0]!.headers).not.toHaveProperty('content-length');
  });

  /** Sends chunks of no declared length. */
  async function stream(gateway: RunningService, chunks: number, size: number) {
    const body = Readable.from(Array.from({ length: chunks }, () => Buffer.alloc(size, 'x')));
    const answer = await fetch(`${gateway.url}/api/musicals`, {
      method: 'POST',
      headers: { authorization },
      body: body as unknown as ReadableStream,
      duplex: 'half',
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
  }
});

describe('answers', () => {
  test('come back with their status and headers, errors too', async () => {
    const { gateway } = await behind((_req, res) => {
      res.writeHead(503, { 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'], 'x-as-of': 'now' }).end('later');
    });
    const answer = await request(gateway.url).get('/api/musicals');
    expect(answer).toMatchObject({ status: 503, text: 'later' });
    expect(answer.headers).toMatchObject({ 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'], 'x-as-of': 'now' });
  });

  test('without a body and to HEAD end', async () => {
    const { gateway } = await behind((_req, res) => res.writeHead(204).end());
    expect(await sendRaw(gateway.url, 'HEAD', '/api/musicals')).toMatchObject({ status: 204 });
    expect(await sendRaw(gateway.url, 'GET', '/api/musicals')).toMatchObject({ status: 204, body: '' });
  });

  test('are streamed: each event arrives before the next is sent', async () => {
    let events!: ServerResponse;
    const { gateway } = await behind((_req, res) => {
      events = res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
    });
    const answer = await fetch(`${gateway.url}/api/musicals`);
    const reader = answer.body!.getReader();
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      events.write(event);
      expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe(event);
    }
    events.end();
    expect(await reader.read()).toMatchObject({ done: true });
  });

  test.each([[undefined], ['gzip']])(
    'that are large reach a slow client whole, compressed (%s) too',
    async (encoding) => {
      const large = Buffer.from(Array.from({ length: 100_000 }, () => Math.random().toString(36)).join(''));
      const { gateway } = await behind((_req, res) =>
        res.writeHead(200, { 'content-type': 'application/json' }).end(large),
      );
      const { hostname, port } = new URL(gateway.url);
      const headers = encoding === undefined ? {} : { 'accept-encoding': encoding };
      const req = httpRequest({ hostname, port, path: '/api/musicals', headers }).end();
      const [answer] = (await once(req, 'response')) as [IncomingMessage];
      const warned = jest.fn();
      process.on('warning', warned);
      const chunks: Buffer[] = [];
      for await (const chunk of answer) {
        chunks.push(chunk as Buffer);
        await new Promise(setImmediate);
      }
      const body = Buffer.concat(chunks);
      expect((encoding === undefined ? body : gunzipSync(body)).equals(large)).toBe(true);
    },
  );

  test('without an end are ended when the gateway stops, and left', async () => {
    let left = false;
    const mypage = await startUpstream('mypage', (_req, res) => {
      res.once('close', () => (left = true));
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    });
    const { gateway } = await behind(undefined, { MYPAGE_URL: mypage.url });
    running.push(mypage);
    const answer = await fetch(`${gateway.url}/api/mypage/stream`, { headers: { authorization } });
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('data: 1\n\n');
    await Promise.all([gateway.stop(), expect(reader.read()).resolves.toMatchObject({ done: true })]);
    await eventually(() => expect(left).toBe(true));
  });

  test('that break off in the middle break off for the client too', async () => {
    const { gateway } = await behind((_req, res) => {
      res.writeHead(200, { 'content-length': '1000' }).write('half');
      setImmediate(() => res.destroy());
    });
    await expect(sendRaw(gateway.url, 'GET', '/api/musicals')).rejects.toThrow(/aborted|hang up|reset/i);
  });
});

describe('headers', () => {
  test('say who called; what the client claims about that is dropped', async () => {
    const { upstream, gateway } = await behind();
    await sendRaw(gateway.url, 'GET', '/api/musicals', {
      host: 'tickets.example',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-user': 'root',
      forwarded: 'for=1.2.3.4',
      'x-real-ip': '1.2.3.4',
      'idempotency-key': 'once',
      connection: 'close, x-secret-hop',
      'x-secret-hop': 'mine',
      te: 'trailers',
      expect: '100-continue',
    });
    const { headers } = upstream.received[0]!;
    expect(headers).toMatchObject({
      host: new URL(upstream.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'tickets.example',
      'idempotency-key': 'once',
    });
    for (const name of ['x-forwarded-user', 'forwarded', 'x-real-ip', 'x-secret-hop', 'te', 'expect']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  test('carry one correlation id and one trace from end to end', async () => {
    const { upstream, gateway } = await behind((_req, res, { headers }) => {
      res.writeHead(200, { 'x-correlation-id': headers['x-correlation-id'] }).end();
    });
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await sendRaw(gateway.url, 'GET', '/api/musicals', {
      'x-correlation-id': 'my-1',
      traceparent: trace,
    });
    expect(answer.headers['x-correlation-id']).toBe('my-1');
    const sent = upstream.received[0]!.headers;
    expect(sent['x-correlation-id']).toBe('my-1');
    expect(sent.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
  });

  test('with an ill-formed correlation id get a new one, problems too', async () => {
    const { upstream, gateway } = await behind();
    const answer = await sendRaw(gateway.url, 'GET', '/api/musicals', { 'x-correlation-id': 'a b"c' });
    const id = answer.headers['x-correlation-id'];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(upstream.received[0]!.headers['x-correlation-id']).toBe(id);
    const lost = await request(gateway.url).get('/nothing').set('x-correlation-id', 'my-2');
    expect(lost.headers['x-correlation-id']).toBe('my-2');
    expect(lost.body).toMatchObject({ correlationId: 'my-2' });
  });
});

describe('trouble', () => {
  test('a service that does not answer in time: 504', async () => {
    const { upstream, gateway } = await behind(() => undefined, { UPSTREAM_TIMEOUT_MS: '200' });
    const answer = await post(gateway).send({});
    expect(answer).toMatchObject({ status: 504, body: type('gateway-timeout') });
    expect(upstream.received).toHaveLength(1);
  });

  test('a service that breaks the connection: 502, and a POST is not sent again', async () => {
    const { upstream, gateway } = await behind((req) => req.socket.destroy());
    expect(await post(gateway).send({})).toMatchObject({ status: 502, body: type('bad-gateway') });
    expect(upstream.received).toHaveLength(1);
  });

  test('a service that does not speak HTTP: 502', async () => {
    const { gateway } = await behind((req) => req.socket.end('what?\r\n\r\n'));
    const answer = await request(gateway.url).get('/api/musicals');
    expect(answer).toMatchObject({ status: 502, body: type('bad-gateway') });
  });

  test('a service that is away: 503 with Retry-After', async () => {
    const gateway = await gatewayTo({ OIDC_ISSUER: issuer.issuer });
    running.push(gateway);
    const answer = await post(gateway).send({});
    expect(answer).toMatchObject({ status: 503, body: type('service-unavailable'), headers: { 'retry-after': '1' } });
  });

  test('what cannot be passed on is the client’s fault and no replica’s', async () => {
    const { upstream, gateway } = await behind();
    const { hostname, port } = new URL(gateway.url);
    const req = httpRequest({ hostname, port, path: '/api/musicals' });
    // Only the path's check in node's own client keeps a tab from being sent.
    Object.assign(req, { path: '/api/musicals?a\tb' });
    const [answer] = (await once(req.end(), 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(400);
    expect(upstream.connections()).toBe(0);
  });

  test('a client that leaves ends the call to the service', async () => {
    let left = false;
    const { upstream, gateway } = await behind((_req, res) => res.once('close', () => (left = true)));
    const { hostname, port } = new URL(gateway.url);
    const req = httpRequest({ hostname, port, path: '/api/musicals' }).on('error', () => undefined);
    req.end();
    await eventually(() => expect(upstream.received).toHaveLength(1));
    req.destroy();
    await eventually(() => expect(left).toBe(true));
  });

  test('a client that leaves in the middle of its body ends the call too', async () => {
    let seen: 'nothing' | 'begun' | 'broken' = 'nothing';
    const { gateway } = await behindEager((req) => {
      seen = 'begun';
      req.on('error', () => (seen = 'broken')).resume();
    });
    const { hostname, port } = new URL(gateway.url);
    const headers = { authorization, 'content-length': '1000' };
    const req = httpRequest({ hostname, port, path: '/api/musicals', method: 'POST', headers });
    req.on('error', () => undefined).write('half');
    await eventually(() => expect(seen).toBe('begun'));
    req.destroy();
    await eventually(() => expect(seen).toBe('broken'));
  });
});
