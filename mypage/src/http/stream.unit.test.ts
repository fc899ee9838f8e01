import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStream } from '@outerpark/chassis/testing/event-stream';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { myPageItem } from '@outerpark/contracts/http/mypage';
import express, { type ErrorRequestHandler } from 'express';
import type { Change, Watch, Watcher } from '../use-cases/watch-my-page';
import { streamMyPage } from './stream';

// The watch is played by the test; the sockets are real.

const [example] = myPageItem.meta()!.examples as [Change['item']];
const page = { items: [], next: null, asOf: undefined };

let server: Server;
let base: string;
let watcher: Watcher | undefined;
/** How many have left; a new one for each test, because sockets of the one before may close late. */
let left: { count: number };
let told: number[];
let expiresAt: number;
let complete: boolean;

beforeEach(async () => {
  [watcher, told, expiresAt, complete] = [undefined, [], Date.now() + 60_000, true];
  const leaving = { count: 0 };
  left = leaving;
  const begin: Watch['begin'] = (_customerId, theirs) => {
    watcher = theirs;
    return Promise.resolve({ page, leave: () => void leaving.count++ });
  };
  const requireComplete = () => {
    if (!complete) throw new Error('hidden');
  };
  const app = express();
  app.use((req, _res, next) => {
    req.identity = { customerId: 'alice', roles: ['customer'], locale: 'en', token: '', expiresAt };
    next();
  });
  const tools = { watch: { begin } as Watch, requireComplete, told: (seconds: number) => void told.push(seconds) };
  app.get('/stream', streamMyPage({ ...tools, streamBeatMs: 60_000 }));
  app.get('/impatient', streamMyPage({ ...tools, streamBeatMs: 50 }));
  const refused: ErrorRequestHandler = (error: Error, _req, res, _next) => void res.status(503).end(error.message);
  app.use(refused);
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const change = (id: string, version: number, musical = 'Hedwig'): Change => ({
  item: { ...example, id, version, musical },
  asOf: new Date(0),
  since: new Date(Date.now() - 50).toISOString(),
});

/** Does not read before `resume`. */
async function openUnread(path = '/stream'): Promise<IncomingMessage> {
  const req = request(base + path).end();
  const [answer] = (await once(req, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer.pause();
}

/** Changes of one reservation, each of a megabyte, until the client's and our buffers are full. Gives the next version. */
async function fill(): Promise<number> {
  const large = 'x'.repeat(2 ** 20);
  let version = 0;
  let before: number;
  do {
    before = told.length;
    watcher!.change(change('a', version++, large));
    // What the buffers still take they take within some turns of the event loop.
    for (let turn = 0; turn < 20 && told.length === before; turn++) await new Promise(setImmediate);
  } while (told.length > before);
  return version;
}

test('a snapshot, changes, and comments in between', async () => {
  const { status, headers, events, beats, leave } = await openStream(`${base}/impatient`, 't');
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toContain('no-transform');
  watcher!.change(change('a', 1));
  watcher!.change(change('a', 2));
  await eventually(() =>
    expect(events).toMatchObject([
      { event: 'snapshot', data: { items: [], next: null, asOf: null } },
      { event: 'reservation', data: { item: { id: 'a', version: 1 }, asOf: '1970-01-01T00:00:00.000Z' } },
      { event: 'reservation', data: { item: { id: 'a', version: 2 } } },
    ]),
  );
  expect(Math.min(...told)).toBeGreaterThanOrEqual(0.05);
  await eventually(() => expect(beats()).toBeGreaterThan(1));
  expect(left.count).toBe(0);
  leave();
  await eventually(() => expect(left.count).toBe(1));
});

test('a slow client gets the newest state of each reservation when it reads on', async () => {
  const answer = await openUnread();
  const sent = await fill();
  for (let more = 0; more < 1_000; more++) watcher!.change(change('a', sent + more));
  watcher!.change(change('b', 7));
  let text = '';
  answer.setEncoding('utf8').on('data', (part: string) => (text += part));
  answer.resume();
  await eventually(() =>
    expect(text.match(/"version":\d+/g)?.slice(-2)).toEqual([`"version":${sent + 999}`, '"version":7']),
  );
  expect(text.match(/^event: reservation$/gm)!.length).toBeLessThanOrEqual(sent + 2);
});

test('a client that takes nothing between two comments is cut off', async () => {
  const answer = await openUnread('/impatient');
  await fill();
  await eventually(() => expect(left.count).toBe(1));
  answer.destroy();
});

test('a client that lets too many reservations wait has to begin anew', async () => {
  const answer = await openUnread();
  await fill();
  for (let index = 0; index < 101; index++) watcher!.change(change(String(index), 1));
  answer.resume();
  await once(answer, 'end');
  expect(left.count).toBe(1);
});

test('ends with the token, and when the watch ends', async () => {
  expiresAt = Date.now() + 200;
  const short = await openStream(`${base}/stream`, 't');
  await short.ended;
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt - 5);

  expiresAt = Date.now() + 60_000;
  const long = await openStream(`${base}/stream`, 't');
  watcher!.end();
  watcher!.change(change('a', 1));
  await long.ended;
  expect(long.events).toHaveLength(1);
  await eventually(() => expect(left.count).toBe(2));
});

test('is refused while the view is not complete, and HEAD has no stream', async () => {
  complete = false;
  expect((await fetch(`${base}/stream`)).status).toBe(503);
  expect(left.count).toBe(1);
  complete = true;
  const head = await fetch(`${base}/stream`, { method: 'HEAD' });
  expect(head.headers.get('content-type')).toBe('text/event-stream');
  await eventually(() => expect(left.count).toBe(2));
});
