import { createLogger } from '@outerpark/chassis/logger';
import type { RunningService } from '@outerpark/chassis/service';
import { connect } from 'node:net';
import { gatewayTo, sendRaw } from './gateway';
import { startUpstream, type Upstream } from './upstream';

let upstream: Upstream;
let gateway: RunningService;

beforeAll(async () => {
  upstream = await startUpstream('any');
  const services = { MUSICAL_URL: upstream.url, PAYMENT_URL: upstream.url };
  gateway = await gatewayTo({ ...services, HEADERS_TIMEOUT_MS: '300', REQUEST_TIMEOUT_MS: '600' });
});
beforeEach(() => upstream.received.splice(0));
afterAll(async () => {
  await gateway.stop();
  await upstream.kill();
});

/** Sends the bytes as they are, and reads until the gateway closes. `more` is sent every 50 ms, for as long as there is somebody. */
function send(text: string, more?: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
    const trickle = more === undefined ? undefined : setInterval(() => socket.writable && socket.write(more), 50);
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    );
    socket.on('close', () => {
      clearInterval(trickle);
      resolve(answer);
    });
  });
}
const WEBHOOK = 'POST /api/payments/webhooks/simulator HTTP/1.1\r\nHost: x\r\n';
/** What is hidden in a body, and must never be taken for a request. */
const HIDDEN = 'GET /api/musicals?hidden HTTP/1.1\r\nHost: x\r\n\r\n';
const statuses = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

test.each([
  ['a length and chunks', `${WEBHOOK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['chunks and a length', `${WEBHOOK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['two lengths', `${WEBHOOK}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ['a list of lengths', `${WEBHOOK}Content-Length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ['a signed length', `${WEBHOOK}Content-Length: +0\r\n\r\n${HIDDEN}`],
  ['a negative length', `${WEBHOOK}Content-Length: -1\r\n\r\n${HIDDEN}`],
  ['a space before the colon', `${WEBHOOK}Content-Length : ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ['chunks by another name', `${WEBHOOK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['chunks that are not last', `${WEBHOOK}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['a folded header', `${WEBHOOK}Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['a bare CR in a header', `${WEBHOOK}X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['a NUL in a header', `${WEBHOOK}X-A: b\0c\r\n\r\n`],
  ['a header without a name', `${WEBHOOK}: x\r\n\r\n`],
  ['bare LFs', 'GET /api/musicals HTTP/1.1\nHost: x\nContent-Length : 5\n\n'],
  ['a chunk in hex notation', `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`],
  ['a negative chunk', `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n-1\r\n${HIDDEN}`],
  ['a chunk longer than it says', `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${HIDDEN}`],
  ['a huge chunk', `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na`],
  ['an extension ended by a bare LF', `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['an endless extension', `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
  ['no host', 'GET /api/musicals HTTP/1.1\r\n\r\n'],
  ['a space in the path', 'GET /api/musicals HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a method that is none', 'GETT /api/musicals HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['too many headers', `GET /api/musicals HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
])('%s is refused, and what may hide in it reaches nobody', async (_what, text) => {
  const answer = await send(text);
  expect(statuses(answer)).toEqual([expect.any(Number)]);
  expect([400, 404, 413, 431]).toContain(statuses(answer)[0]);
  expect(upstream.received.filter(({ path }) => path.includes('hidden'))).toEqual([]);
  expect(upstream.received).toEqual([]);
});

test('a refusal below HTTP is a problem too', async () => {
  const answer = await send('nonsense\r\n\r\n');
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application\/problem\+json/);
  expect(JSON.parse(body)).toMatchObject({ type: 'urn:outerpark:problem:invalid-request', status: 400 });
});

test('another protocol is not begun, neither with us nor with a service', async () => {
  for (const upgrade of ['websocket', 'h2c']) {
    const wish = `Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAAP__`;
    const answer = await send(`GET /api/musicals HTTP/1.1\r\nHost: x\r\n${wish}\r\n\r\n`);
    expect({ upgrade, statuses: statuses(answer) }).toEqual({ upgrade, statuses: [200] });
    const { headers } = upstream.received.at(-1)!;
    for (const name of ['upgrade', 'http2-settings']) expect(headers).not.toHaveProperty(name);
  }
});

test('what a client writes about itself is no line of a log', async () => {
  const lines: string[] = [];
  const logger = createLogger('gateway', 'info', { write: (line) => void lines.push(line) });
  const logging = await gatewayTo({ MUSICAL_URL: upstream.url }, logger);
  const headers = {
    'x-correlation-id': 'a","level":"fatal',
    'user-agent': 'b","level":"fatal',
    'x-forwarded-for': '1.2.3.4 FATAL',
  };
  await sendRaw(logging.url, 'GET', '/api/musicals?a=%0A%7B%22level%22%3A%22fatal%22%7D', headers);
  await sendRaw(logging.url, 'GET', '/%0a%7b%22level%22%3a%22fatal%22%7d', headers);
  await logging.stop();
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) {
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect((JSON.parse(line) as { level: string }).level).not.toBe('fatal');
    expect(line).not.toMatch(/fatal/i);
  }
});

test('a tunnel is not opened', async () => {
  expect(await send('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
  expect(upstream.received).toEqual([]);
});

test('a length with a body, requests behind each other and chunk extensions are plain HTTP', async () => {
  const chunked = `${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n`;
  const last = 'GET /api/musicals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const answer = await send(`${WEBHOOK}Content-Length: 2\r\n\r\n{}${chunked}${last}`);
  expect(statuses(answer)).toEqual([200, 200, 200]);
  // The answers come in order; which request is with the service first is nobody's promise.
  expect(upstream.received.map(({ body }) => body).sort()).toEqual(['', 'hello', '{}']);
});

describe('who is slow', () => {
  const late = /^HTTP\/1\.1 408 Request Timeout\r\n[^]*request-timeout/;

  test('with the headers is not waited for', async () => {
    expect(await send('GET /api/musicals HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n')).toMatch(late);
  });

  test('with the body is not waited for, and the service is left', async () => {
    expect(await send(`${WEBHOOK}Content-Length: 1000\r\n\r\n`, 'x')).toMatch(late);
    expect(await send(`${WEBHOOK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n')).toMatch(late);
    expect(upstream.received).toEqual([]);
  });

  test('disturbs nobody else', async () => {
    const slow = Array.from({ length: 100 }, () => send(`${WEBHOOK}Content-Length: 1000\r\n\r\n`, 'x'));
    const answer = await send('GET /api/musicals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(statuses(answer)).toEqual([200]);
    expect((await Promise.all(slow)).filter((text) => late.test(text))).toHaveLength(100);
  });
});
