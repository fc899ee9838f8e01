import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { request as httpRequest } from 'node:http';
import request from 'supertest';
import { Agent, request as send } from 'undici';
import { gatewayTo, NOWHERE } from './gateway';
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

const upstream = async (name: string, answer?: Answer, port?: number): Promise<Upstream> => {
  const started = await startUpstream(name, answer, port);
  running.push(started);
  return started;
};
const gatewayBefore = async (env: Record<string, string>): Promise<RunningService> => {
  const gateway = await gatewayTo({ OIDC_ISSUER: issuer.issuer, ...env });
  running.push(gateway);
  return gateway;
};
const list = (gateway: RunningService) => request(gateway.url).get('/api/musicals');
const register = (gateway: RunningService) => request(gateway.url).post('/api/musicals').set({ authorization });
const whoAnswered = (answer: request.Response) => (answer.body as { upstream?: string }).upstream;

test('replicas take turns', async () => {
  const [one, two] = [await upstream('one'), await upstream('two')];
  const gateway = await gatewayBefore({ MUSICAL_URL: `${one.url},${two.url}` });
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push(whoAnswered(await list(gateway)));
  expect(answers).toEqual(['one', 'two', 'one', 'two', 'one', 'two']);
});

test('connections are kept and used again', async () => {
  const one = await upstream('one');
  const gateway = await gatewayBefore({ MUSICAL_URL: one.url });
  for (let i = 0; i < 10; i++) await register(gateway).send({ i }).expect(200);
  expect(one.connections()).toBe(1);
});

test('a replica that is away costs no request, neither GET nor POST with its body', async () => {
  const two = await upstream('two');
  // Both are in doubt, so that the one that is away keeps its turns.
  two.readiness = 503;
  const gateway = await gatewayBefore({ MUSICAL_URL: `${NOWHERE},${two.url}` });
  for (let i = 0; i < 4; i++) {
    expect(whoAnswered(await list(gateway))).toBe('two');
    expect((await register(gateway).send({ i })).body).toMatchObject({ upstream: 'two', body: `{"i":${i}}` });
  }
});

test('a replica that comes back gets requests again', async () => {
  const one = await upstream('one');
  const two = await upstream('two');
  const gateway = await gatewayBefore({ MUSICAL_URL: `${one.url},${two.url}` });
  await one.kill();
  for (let i = 0; i < 4; i++) expect(whoAnswered(await list(gateway))).toBe('two');
  await upstream('one again', undefined, Number(new URL(one.url).port));
  await eventually(async () => expect(whoAnswered(await list(gateway))).toBe('one again'));
});

test('a replica that is not ready gets requests only when there is no better one', async () => {
  const [one, two] = [await upstream('one'), await upstream('two')];
  const gateway = await gatewayBefore({ MUSICAL_URL: `${one.url},${two.url}` });
  const answers = async () => [whoAnswered(await list(gateway)), whoAnswered(await list(gateway))].sort();
  expect(await answers()).toEqual(['one', 'two']);
  one.readiness = 503;
  await eventually(async () => expect(await answers()).toEqual(['two', 'two']));
  two.readiness = 503;
  await eventually(async () => expect(await answers()).toEqual(['one', 'two']));
});

test('a GET whose connection breaks is asked once more, of another replica; a POST is not', async () => {
  const broken = () => upstream('broken', (req) => req.socket.destroy());
  const [one, two, three] = [await broken(), await broken(), await upstream('three')];
  const both = await gatewayBefore({ MUSICAL_URL: `${one.url},${three.url}` });
  expect(whoAnswered(await list(both))).toBe('three');

  const worse = await gatewayBefore({ MUSICAL_URL: `${one.url},${two.url},${three.url}` });
  expect((await list(worse)).status).toBe(502);

  const posting = await gatewayBefore({ MUSICAL_URL: `${one.url},${three.url}` });
  expect((await register(posting).send({})).status).toBe(502);
  expect(three.received.filter(({ method }) => method === 'POST')).toEqual([]);
});

test('a frozen replica takes one request of its own and no other', async () => {
  const frozen = await upstream('frozen', () => undefined);
  const two = await upstream('two');
  const gateway = await gatewayBefore({ MUSICAL_URL: `${frozen.url},${two.url}`, UPSTREAM_TIMEOUT_MS: '200' });
  expect(whoAnswered(await list(gateway))).toBe('two');
  expect(frozen.received).toHaveLength(1);
});

test.each([
  ['after', 100],
  ['in the middle of', 50],
])('a client that leaves %s its body says nothing against the replica', async (_when, sent) => {
  const calls: string[] = [];
  const one = await startEagerUpstream((req, res) => {
    calls.push('begun');
    if (req.method === 'GET') return res.setHeader('content-type', 'application/json').end('{"upstream":"one"}');
    return res.once('close', () => calls.push('ended'));
  });
  running.push(one);
  const two = await upstream('two');
  const gateway = await gatewayBefore({ MUSICAL_URL: `${one.url},${two.url}` });

  const headers = { authorization, 'content-length': '100' };
  const leaving = httpRequest(`${gateway.url}/api/musicals`, { method: 'POST', headers });
  leaving.on('error', () => undefined).write('x'.repeat(sent));
  await eventually(() => expect(calls).toEqual(['begun']));
  leaving.destroy();
  await eventually(() => expect(calls).toEqual(['begun', 'ended']));

  expect(whoAnswered(await list(gateway))).toBe('two');
  expect(whoAnswered(await list(gateway))).toBe('one');
});

test('a customer’s mypage comes from one replica, and from the next best when that is gone', async () => {
  const replicas = [await upstream('a'), await upstream('b'), await upstream('c')];
  const gateway = await gatewayBefore({ MYPAGE_URL: replicas.map(({ url }) => url).join() });
  const customers = Array.from({ length: 30 }, (_, i) => `customer-${i}`);
  const pages = async () =>
    Promise.all(
      customers.map(async (sub) => {
        const token = await issuer.token({ sub });
        return whoAnswered(await request(gateway.url).get('/api/mypage').set('authorization', `Bearer ${token}`));
      }),
    );
  const before = await pages();
  expect(new Set(before)).toEqual(new Set(['a', 'b', 'c']));
  expect(await pages()).toEqual(before);

  await replicas[1]!.kill();
  const after = await pages();
  expect(after).not.toContain('b');
  customers.forEach((_, i) => before[i] === 'b' || expect(after[i]).toBe(before[i]));
});

test('stopping drops nothing: what is in flight is answered', async () => {
  const waiting: (() => void)[] = [];
  const one = await upstream('one', (_req, res) => waiting.push(() => res.end('done')));
  const gateway = await gatewayBefore({ MUSICAL_URL: one.url });
  const agent = new Agent({ connections: 10 });
  const answers = Array.from({ length: 10 }, () =>
    send(`${gateway.url}/api/musicals`, { method: 'POST', headers: { authorization }, body: '{}', dispatcher: agent }),
  );
  await eventually(() => expect(waiting).toHaveLength(10));

  const stopped = gateway.stop();
  await eventually(() => expect(send(`${gateway.url}/livez`)).rejects.toThrow(/ECONNREFUSED/));
  waiting.forEach((answer) => answer());
  for (const { statusCode, body } of await Promise.all(answers)) {
    expect([statusCode, await body.text()]).toEqual([200, 'done']);
  }
  await stopped;
  await agent.close();
});
