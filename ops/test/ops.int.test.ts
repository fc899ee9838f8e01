import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', 'dist', 'main.js');

let server: Server;
let url: string;
let answer: { status: number; body: object };
let received: { method?: string; url?: string; authorization?: string; body: string }[];

beforeAll(async () => {
  server = createServer((req: IncomingMessage, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { method, url: path, headers } = req;
      received.push({
        method,
        url: path,
        authorization: headers.authorization,
        body: Buffer.concat(chunks).toString(),
      });
      res.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => (received = []));

const ops = (args: string[], env: Record<string, string> = { OUTERPARK_URL: url, OUTERPARK_TOKEN: 'admin' }) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { PATH: process.env.PATH, OUTERPARK_HOME: '/nowhere', ...env } },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });

const item = {
  ...{ service: 'musical', kind: 'hold', subject: 'a-1', since: '2026-11-23T10:00:00.000Z' },
  ...{ what: 'It is held for too long.', lastError: null, actions: ['release'] },
};

test('attention is a table, or JSON; who could not be asked is told, with exit code 2', async () => {
  answer = { status: 200, body: { items: [item], next: null, unreachable: [] } };
  const seen = await ops(['attention', '--service', 'musical']);
  expect(seen).toMatchObject({ code: 0, err: '' });
  expect(seen.out).toMatch(/^SINCE +SERVICE +KIND +SUBJECT .*\n2026-11-23T10:00:00.000Z +musical +hold +a-1 /);
  expect(received).toMatchObject([
    { method: 'GET', url: '/api/admin/attention?service=musical', authorization: 'Bearer admin' },
  ]);

  answer = { status: 200, body: { items: [item], next: null, unreachable: ['payment'] } };
  const partly = await ops(['attention', '--json']);
  expect(partly).toMatchObject({ code: 2, err: 'Could not be asked: payment\n' });
  expect(JSON.parse(partly.out)).toEqual(answer.body);
});

test('system tells of every replica; one that is away is exit code 2', async () => {
  const nothing = { breakers: [], consumers: [], uptimeSeconds: null };
  const well = {
    ...{ service: 'reservation', url: 'http://one', reachable: true, ready: true, uptimeSeconds: 61.2 },
    breakers: [{ name: 'musical', state: 'half_open' }],
    consumers: [
      { topic: 'payment.events', lag: 7, behindSeconds: 2 },
      { topic: 'musical.events', lag: 0 },
    ],
    ...{ outbox: { oldestSeconds: 3.4 }, eventLoopDelaySeconds: 0.0021 },
  };
  const away = {
    ...nothing,
    service: 'mypage',
    url: 'http://two',
    reachable: false,
    ready: false,
    notReady: 'it gave no answer',
  };
  answer = { status: 200, body: { at: item.since, services: [well, away], unreachable: ['mypage at http://two'] } };
  const { code, out, err } = await ops(['system']);
  expect([code, err]).toEqual([2, 'Could not be asked: mypage at http://two\n']);
  expect(out).toMatch(/reservation +http:\/\/one +ready +61 s +musical half_open +payment.events 7 +3 s +2 ms\n/);
  expect(out).toMatch(/mypage +http:\/\/two +NOT READY: it gave no answer\n/);
});

test('sales are asked for as they are wanted', async () => {
  const cancelled = { reservations: 1, seats: 2, amount: 300_000 };
  const bucket = { from: item.since, reservations: 12, seats: 27, amount: 3_150_000, cancelled };
  answer = { status: 200, body: { items: [bucket] } };
  const { code, out } = await ops(['sales', '--by', 'hour', '--musical', 'm-1']);
  expect(code).toBe(0);
  expect(out).toMatch(/\n2026-11-23T10:00:00.000Z +12 +27 +3150000 +1 +2 +300000\n/);
  expect(received).toMatchObject([{ method: 'GET', url: '/api/admin/sales?by=hour&musicalId=m-1' }]);
});

test('release sends the reason and says what came of it', async () => {
  answer = { status: 200, body: { kind: 'hold', subject: 'a-1', action: 'release', outcome: 'told' } };
  expect(await ops(['release', 'hold', 'a-1', '--reason', 'a call'])).toEqual({
    code: 0,
    out: 'hold a-1: told\n',
    err: '',
  });
  expect(received).toMatchObject([
    { method: 'POST', url: '/api/admin/attention/hold/a-1/release', body: '{"reason":"a call"}' },
  ]);
});

test('a refusal is exit code 1, with its reason', async () => {
  const detail = 'The reservation is confirmed';
  answer = {
    status: 409,
    body: { type: 'urn:outerpark:problem:reservation-live', title: 'It is live', status: 409, detail },
  };
  const refused = await ops(['refund', 'payment', 'a-1', '--reason', 'a call']);
  expect(refused).toEqual({ code: 1, out: '', err: `It is live: ${detail}\n` });
});

test('a replay that fails again is exit code 1; a cause and an id are told apart', async () => {
  const failed = [{ topic: 'reservation.events', aggregate: 'a-1', why: 'still closed' }];
  answer = { status: 200, body: { items: [{ service: 'payment', replayed: 1, failed }], unreachable: [] } };
  const replayed = await ops(['replay', 'c0ffee', '--reason', 'mended']);
  expect(replayed).toMatchObject({ code: 1, err: 'payment: a-1 fails again: still closed\n' });
  await ops(['replay', 'reservation.events-3-17', '--reason', 'mended', '--service', 'payment']);
  expect(received.map(({ url: path }) => path)).toEqual([
    '/api/admin/dead-letters/causes/c0ffee/replay',
    '/api/admin/dead-letters/reservation.events-3-17/replay?service=payment',
  ]);
});

test.each([[['release', 'hold']], [['discard', 'x']], [['attention', '--loud']], [['dance']]])(
  '%j is not understood, and nobody is asked',
  async (args) => {
    const { code, err } = await ops(args);
    expect(code).toBe(1);
    expect(err).toContain('npm run ops -- ');
    expect(received).toEqual([]);
  },
);

test('without a system there is nobody to ask', async () => {
  expect(await ops(['attention'], {})).toMatchObject({ code: 2, err: expect.stringContaining('npm start') as string });
  const away = await ops(['attention'], { OUTERPARK_URL: 'http://127.0.0.1:1', OUTERPARK_TOKEN: 'x' });
  expect(away).toMatchObject({ code: 2, err: expect.stringContaining('cannot be reached') as string });
});
