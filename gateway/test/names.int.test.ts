import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { openStream } from '@outerpark/chassis/testing/event-stream';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import request from 'supertest';
import { gatewayTo } from './gateway';
import { startUpstream, type Answer, type Upstream } from './upstream';

let issuer: TestIssuer;
const running: { stop?(): Promise<unknown>; kill?(): Promise<unknown> }[] = [];

beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await (each.stop ?? each.kill)?.();
});
afterAll(() => issuer.stop());

/** Pods of one service have its port, each at an address of its own. */
const pod = async (name: string, address: string, port = 0, answer?: Answer): Promise<Upstream> => {
  const started = await startUpstream(name, answer, port, address);
  running.push(started);
  return started;
};
const portOf = ({ url }: Upstream) => Number(new URL(url).port);

/** The gateway, to whom a name server tells these addresses of every name. */
const setUp = async (env: Record<string, string>, known: string[] | Error) => {
  const zone = { known };
  const lookup = () => (zone.known instanceof Error ? Promise.reject(zone.known) : Promise.resolve([...zone.known]));
  const gateway = await gatewayTo({ OIDC_ISSUER: issuer.issuer, ...env }, undefined, lookup);
  running.push(gateway);
  return { gateway, say: (next: string[] | Error) => void (zone.known = next) };
};
const list = (gateway: RunningService) => request(gateway.url).get('/api/musicals');
const who = async (gateway: RunningService) => ((await list(gateway)).body as { upstream?: string }).upstream;
const several = async (gateway: RunningService) => {
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await who(gateway));
  return [...new Set(answers)].sort();
};

test('every address of a name is a replica; new ones join, those that are gone get nothing more', async () => {
  const one = await pod('one', '127.0.0.2');
  const port = portOf(one);
  const { gateway, say } = await setUp({ MUSICAL_URL: `dns+http://musical-pods:${port}` }, ['127.0.0.2']);
  await eventually(async () => expect(await several(gateway)).toEqual(['one']));

  const two = await pod('two', '127.0.0.3', port);
  say(['127.0.0.2', '127.0.0.3']);
  await eventually(async () => expect(await several(gateway)).toEqual(['one', 'two']));

  say(['127.0.0.3']);
  await eventually(async () => expect(await several(gateway)).toEqual(['two']));
  const before = one.received.length;
  // Whoever has that address now is nobody of ours.
  expect(await several(gateway)).toEqual(['two']);
  expect([one.received.length, two.received.length > 0]).toEqual([before, true]);
});

test('one that is not ready yet gets nothing while there is one that is', async () => {
  const one = await pod('one', '127.0.0.2');
  const port = portOf(one);
  const { gateway, say } = await setUp({ MUSICAL_URL: `dns+http://musical-pods:${port}` }, ['127.0.0.2']);
  await eventually(async () => expect(await several(gateway)).toEqual(['one']));
  const starting = await pod('starting', '127.0.0.3', port);
  starting.readiness = 503;
  say(['127.0.0.2', '127.0.0.3']);
  const replicas = async () => {
    const admin = await issuer.token({ roles: ['admin'] });
    const { body } = await request(gateway.url).get('/api/admin/system').auth(admin, { type: 'bearer' });
    return (body as { services: { service: string }[] }).services.filter(({ service }) => service === 'musical').length;
  };
  await eventually(async () => expect(await replicas()).toBe(2));
  expect(await several(gateway)).toEqual(['one']);
  starting.readiness = 200;
  await eventually(async () => expect(await several(gateway)).toEqual(['one', 'starting']));
});

test('a name without an address is a service without a replica: 503, and the gateway is ready', async () => {
  const nobody = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  const one = await pod('one', '127.0.0.2');
  const { gateway, say } = await setUp(
    { MUSICAL_URL: `dns+http://musical-pods:${portOf(one)}`, MYPAGE_URL: 'dns+http://mypage:8085' },
    nobody,
  );
  await eventually(() => request(gateway.url).get('/readyz').expect(200));
  const answer = await list(gateway).expect(503);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' });
  const admin = await issuer.token({ roles: ['admin'] });
  const system = await request(gateway.url).get('/api/admin/system').auth(admin, { type: 'bearer' }).expect(200);
  expect(system.body).toMatchObject({ unreachable: expect.arrayContaining(['musical', 'mypage']) });
  const attention = await request(gateway.url)
    .get('/api/admin/attention?service=mypage')
    .auth(admin, { type: 'bearer' })
    .expect(200);
  expect(attention.body).toMatchObject({ items: [], unreachable: ['mypage'] });

  expect(one.received).toEqual([]);
  say(['127.0.0.2']);
  await eventually(async () => expect(await who(gateway)).toBe('one'));
});

test('before any name server has answered the gateway is alive and not ready', async () => {
  const away = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
  const { gateway, say } = await setUp({ MUSICAL_URL: 'dns+http://musical-pods:8081' }, away);
  await request(gateway.url).get('/livez').expect(200);
  await eventually(async () => {
    const { body } = await request(gateway.url).get('/readyz').expect(503);
    expect(body).toMatchObject({ checks: { musical: 'dns+http://musical-pods:8081: getaddrinfo EAI_AGAIN' } });
  });
  await list(gateway).expect(503);
  say([]);
  await eventually(() => request(gateway.url).get('/readyz').expect(200));
});

test('what a replica has begun it finishes after its address is gone', async () => {
  let finish: () => void = () => undefined;
  const one = await pod('one', '127.0.0.2', 0, (req, res) => {
    if (req.url !== '/api/mypage/stream') return res.writeHead(404).end();
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"n":1}\n\n');
    return (finish = () => res.end('data: {"n":2}\n\n'));
  });
  const port = portOf(one);
  const { gateway, say } = await setUp({ MYPAGE_URL: `dns+http://mypage:${port}` }, ['127.0.0.2']);
  const stream = await eventually(async () => {
    const opened = await openStream(`${gateway.url}/api/mypage/stream`, await issuer.token());
    expect(opened.status).toBe(200);
    return opened;
  });
  await eventually(() => expect(stream.events).toHaveLength(1));

  await pod('two', '127.0.0.3', port);
  say(['127.0.0.3']);
  await eventually(async () => {
    const page = await request(gateway.url)
      .get('/api/mypage')
      .auth(await issuer.token(), { type: 'bearer' });
    expect((page.body as { upstream?: string }).upstream).toBe('two');
  });
  finish();
  await stream.ended;
  expect(stream.events.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }]);
});
