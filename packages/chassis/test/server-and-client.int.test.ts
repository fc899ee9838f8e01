import type { RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { continueTrace, runInContext } from '../src/context';
import { createHttpClient, neverConnected, NoAnswerError, NotSentError, type HttpClient } from '../src/http/client';
import { listen, type HttpServer } from '../src/http/server';

const LOCAL = { port: 0, host: '127.0.0.1' };
const clients: HttpClient[] = [];
const servers: HttpServer[] = [];

const clientOf = (baseUrls: Parameters<typeof createHttpClient>[0]['baseUrls'], timeoutMs = 5_000): HttpClient => {
  const client = createHttpClient({ baseUrls, timeoutMs });
  clients.push(client);
  return client;
};
const serve = async (app: RequestListener & { drain?: () => void }): Promise<HttpServer> => {
  const server = await listen(app, LOCAL);
  servers.push(server);
  return server;
};
/** A port that nobody listens on. */
const deadUrl = async (): Promise<string> => {
  const { url, close } = await listen(() => {}, LOCAL);
  await close();
  return url;
};
const echo: RequestListener = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const { method, url, headers } = req;
    const body = Buffer.concat(chunks).toString();
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ method, url, headers, body }));
  });
};

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(0)));
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('client', () => {
  test('sends JSON with token, key, and the context one hop further', async () => {
    const client = clientOf([(await serve(echo)).url]);
    const context = continueTrace('request-1', undefined);
    const wanted = { method: 'POST', path: '/holds?x=1', body: { seats: 2 }, token: 't', idempotencyKey: 'k' } as const;
    const { status, body } = await runInContext(context, () => client.request(wanted));
    const sent = body as { method: string; url: string; body: string; headers: Record<string, string> };
    expect([status, sent.method, sent.url, sent.body]).toEqual([200, 'POST', '/holds?x=1', '{"seats":2}']);
    expect(sent.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer t',
      'idempotency-key': 'k',
      'x-correlation-id': 'request-1',
    });
    expect(sent.headers.traceparent?.slice(0, 36)).toBe(context.traceparent.slice(0, 36));
    expect(sent.headers.traceparent).not.toBe(context.traceparent);
  });

  test('any status is an answer, JSON or not', async () => {
    const { url } = await serve((req, res) => {
      if (req.url === '/none') res.writeHead(204).end();
      else res.writeHead(502, { 'content-type': 'text/html' }).end('<p>bad');
    });
    const client = clientOf([url]);
    await expect(client.request({ method: 'GET', path: '/none' })).resolves.toMatchObject({
      status: 204,
      body: undefined,
    });
    await expect(client.request({ method: 'GET', path: '/' })).resolves.toMatchObject({ status: 502, body: '<p>bad' });
  });

  test('takes the replicas in turn, and the next one when one is away', async () => {
    const answered = [0, 0];
    const replica = (index: number) =>
      serve((_req, res) => {
        answered[index]! += 1;
        res.end();
      });
    const client = clientOf([(await replica(0)).url, await deadUrl(), (await replica(1)).url]);
    for (let i = 0; i < 6; i++) await client.request({ method: 'POST', path: '/', body: {} });
    expect(answered).toEqual([2, 4]);
  });

  test('surely not sent: nobody listens, nobody has the name', async () => {
    const client = clientOf([await deadUrl(), 'http://nowhere.invalid']);
    await expect(client.request({ method: 'GET', path: '/' })).rejects.toThrow(NotSentError);
  });

  test('no answer: too slow', async () => {
    const client = clientOf([(await serve(() => {})).url, await deadUrl()], 100);
    await expect(client.request({ method: 'POST', path: '/' })).rejects.toThrow(NoAnswerError);
  });

  test('no answer: cut off before, or in the middle of it', async () => {
    const { url } = await serve((req, res) => {
      if (req.url === '/half') res.writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
      setImmediate(() => req.socket.destroy());
    });
    const client = clientOf([url]);
    await expect(client.request({ method: 'POST', path: '/' })).rejects.toThrow(NoAnswerError);
    await expect(client.request({ method: 'POST', path: '/half' })).rejects.toThrow(NoAnswerError);
  });

  test('what may be carried out twice is sent once more when its connection breaks, to the others first', async () => {
    const received = { broken: 0, good: 0 };
    const broken = await serve((req) => {
      received.broken += 1;
      req.socket.destroy();
    });
    const good = await serve((_req, res) => {
      received.good += 1;
      res.end();
    });
    const hold = { method: 'POST', path: '/', body: {}, repeatable: true } as const;
    await expect(clientOf([broken.url, good.url]).request(hold)).resolves.toMatchObject({
      status: 200,
      repeated: true,
    });
    expect(received).toEqual({ broken: 1, good: 1 });

    await expect(clientOf([broken.url]).request(hold)).rejects.toThrow(NoAnswerError);
    expect(received.broken).toBe(3);
    await expect(clientOf([broken.url, await deadUrl()]).request(hold)).rejects.toThrow(NoAnswerError);
  });

  test('of several replicas one that hangs is given half the time, and is asked last for a while', async () => {
    let hung = 0;
    const hanging = await serve(() => (hung += 1));
    const good = await serve((_req, res) => res.end());
    const client = clientOf([hanging.url, good.url], 400);
    const hold = { method: 'POST', path: '/', body: {}, repeatable: true } as const;
    // The one that hangs may still carry it out, so the caller is told.
    await expect(client.request(hold)).resolves.toMatchObject({ status: 200, repeated: true });
    for (let i = 0; i < 3; i++) expect((await client.request(hold)).repeated).toBeUndefined();
    expect(hung).toBe(1);
  });

  test('a replica that leaves between the choice and the sending has got nothing', async () => {
    const pool = new Pool((await serve(echo)).url);
    const ask = () => pool.request({ method: 'POST', path: '/', body: '{}' }).catch((error: unknown) => error);
    const closing = pool.close();
    expect(neverConnected(await ask())).toBe(true);
    await closing;
    expect(neverConnected(await ask())).toBe(true);
  });

  test('replicas by name: waits for the first look, follows what changes, and sends nothing while there is nobody', async () => {
    const one = await serve((_req, res) => res.end('"one"'));
    const two = await serve((_req, res) => res.end('"two"'));
    let urls: string[] = [];
    let look: () => void = () => undefined;
    const looked = new Promise<void>((resolve) => (look = resolve));
    const client = clientOf({ urls: () => urls, looked });
    const get = async () => (await client.request({ method: 'GET', path: '/' })).body;

    const first = get();
    urls = [one.url];
    look();
    await expect(first).resolves.toBe('"one"');
    urls = [two.url];
    await expect(get()).resolves.toBe('"two"');
    urls = [];
    await expect(get()).rejects.toThrow(NotSentError);
  });

  test('what is sent is not sent a second time to another replica', async () => {
    let received = 0;
    const resetting = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        received += 1;
        socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => resetting.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(resetting.address() as AddressInfo).port}`;
    await expect(clientOf([url, url]).request({ method: 'POST', path: '/' })).rejects.toThrow(NoAnswerError);
    expect(received).toBe(1);
    await new Promise((resolve) => resetting.close(resolve));
  });
});

describe('server', () => {
  test('a port that is taken is an error', async () => {
    const { port } = await serve(echo);
    await expect(listen(echo, { ...LOCAL, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('close lets a running request finish, takes no other, and drains first', async () => {
    let begun: () => void = () => {};
    const arrived = new Promise<void>((resolve) => (begun = resolve));
    const drain = jest.fn();
    let answer: () => void = () => {};
    const app: RequestListener = (_req, res) => {
      answer = () => res.end('done');
      begun();
    };
    const server = await serve(Object.assign(app, { drain }));
    const client = clientOf([server.url]);
    const running = client.request({ method: 'GET', path: '/' });
    await arrived;
    const closed = server.close(60_000);
    expect(drain).toHaveBeenCalledTimes(1);
    await expect(clientOf([server.url]).request({ method: 'GET', path: '/' })).rejects.toThrow(NotSentError);
    answer();
    await expect(running).resolves.toMatchObject({ body: 'done' });
    // The client keeps its connection; it is closed all the same.
    await closed;
  });

  test('close cuts off what does not end', async () => {
    let begun: () => void = () => {};
    const arrived = new Promise<void>((resolve) => (begun = resolve));
    const server = await serve((_req, res) => {
      res.write('event: state\n\n');
      begun();
    });
    const stream = clientOf([server.url]).request({ method: 'GET', path: '/' });
    const outcome = expect(stream).rejects.toThrow(NoAnswerError);
    await arrived;
    await server.close(0);
    await outcome;
  });

  test('close twice is one close', async () => {
    const server = await serve(echo);
    await Promise.all([server.close(), server.close()]);
  });
});
