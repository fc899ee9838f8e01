import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { AttentionItem, DeadLetter, OperatorAction } from '@outerpark/contracts/http/operators';
import type { Page } from '@outerpark/contracts/http/paging';
import request, { type Response } from 'supertest';
import { dump, fileOf } from '../src/dump';
import { rebuild } from '../src/rebuild';
import { ready, startTestMyPage } from './running';
import { newIds, seatsReserved, told, wholeStory, type Told } from './story';

jest.setTimeout(60_000);

const NO_KAFKA = ['127.0.0.1:1'];
const logger = createLogger('mypage', 'silent');
let issuer: TestIssuer;
let kafka: ReturnType<typeof testKafka>;
let broker: Broker;
let dataDir: string;
let running: RunningService[];

beforeAll(async () => {
  issuer = await startTestIssuer();
});

afterAll(() => issuer.stop());

beforeEach(async () => {
  kafka = testKafka();
  broker = connectKafka({ ...kafka, clientId: 'test', logger });
  await eventually(() => broker.ensureTopics());
  dataDir = mkdtempSync(join(tmpdir(), 'mypage-service-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await broker.close();
  rmSync(dataDir, { recursive: true });
});

interface StartOptions {
  brokers?: string[];
  topicPrefix?: string;
  foldVersion?: number;
}

async function start({ brokers = kafka.brokers, topicPrefix = kafka.topicPrefix, foldVersion }: StartOptions = {}) {
  const service = await startTestMyPage(
    {
      DATA_DIR: dataDir,
      KAFKA_BROKERS: brokers.join(','),
      TOPIC_PREFIX: topicPrefix,
      OIDC_ISSUER: issuer.issuer,
      // Where there is one, a busy machine may take its time to reach it.
      ...(brokers === NO_KAFKA ? { KAFKA_PATIENCE_MS: '500' } : {}),
    },
    foldVersion,
  );
  running.push(service);
  return service;
}

const startReady = async (options?: StartOptions) => {
  const service = await start(options);
  await ready(service);
  return service;
};

/** Again and again, because topics just made have no leader yet. */
const publish = (story: Told[], to = broker) =>
  eventually(() =>
    to.publish(story.map(({ topic, message: { key, headers, value } }) => ({ topic, key, headers, value }))),
  );

/** supertest gives `any`. */
type Answer = Pick<Response, 'type'> & { body: unknown; headers: Record<string, string> };

async function see(service: RunningService, customerId = 'alice', query = '') {
  const token = await issuer.token({ sub: customerId });
  const { body, headers } = (await request(service.url)
    .get(`/api/mypage${query}`)
    .auth(token, { type: 'bearer' })
    .expect(200)) as Answer;
  return { ...(body as Page<MyPageItem>), asOf: headers['x-as-of']! };
}

describe('mypage on Kafka', () => {
  test('shows what happens, and as of when', async () => {
    const service = await startReady();
    expect(await see(service)).toMatchObject({ items: [], next: null });

    const story = wholeStory(newIds());
    const before = new Date().toISOString();
    await publish(story);
    const { items, asOf } = await eventually(async () => {
      const page = await see(service);
      expect(page.items[0]?.timeline).toHaveLength(story.length);
      return page;
    });
    expect(items[0]).toMatchObject({ status: 'cancelled', payment: { status: 'cancelled', refunded: 300_000 } });
    expect(new Date(asOf).toISOString()).toBe(asOf);
    // With nothing new to apply, it is seen again and again that nothing is missing.
    await eventually(async () => expect((await see(service)).asOf >= before).toBe(true));
    expect((await see(service, 'bob')).items).toEqual([]);
  });

  test('tells admins the story of a reservation and of a request', async () => {
    const service = await startReady();
    const ids = newIds();
    await publish(wholeStory(ids));
    const story = `/api/admin/reservations/${ids.reservationId}/story`;
    const as = async (role: string, path: string) =>
      request(service.url)
        .get(path)
        .auth(await issuer.token({ sub: role, roles: [role] }), { type: 'bearer' });
    await eventually(async () => expect((await as('admin', story)).body).toMatchObject({ customerId: 'alice' }));
    await eventually(async () =>
      expect((await as('admin', '/api/admin/stories/test')).body).toMatchObject({ events: { length: 13 } }),
    );
    for (const path of [story, '/api/admin/stories/test']) expect((await as('customer', path)).status).toBe(403);
    expect((await as('admin', '/api/admin/reservations/nonsense/story')).status).toBe(404);
    expect((await as('admin', `/api/admin/reservations/${newIds().reservationId}/story`)).status).toBe(404);
    expect((await as('admin', '/api/admin/stories/%20')).status).toBe(400);
  });

  test('shows operators what it set aside, and takes their word for it', async () => {
    const service = await startReady();
    const [poisoned] = wholeStory(newIds());
    await publish([{ ...poisoned!, message: { ...poisoned!.message, value: '{}' } }]);
    const token = await issuer.token({ sub: 'root', roles: ['admin'] });
    const get = async <Item>(path: string): Promise<Item[]> => {
      const { body } = await request(service.url).get(`/api/admin/${path}`).auth(token, { type: 'bearer' }).expect(200);
      return (body as Page<Item>).items;
    };
    const post = async (path: string) =>
      request(service.url).post(`/api/admin/${path}`).auth(token, { type: 'bearer' }).send({ reason: 'made by hand' });

    const [letter] = await eventually(async () => {
      const letters = await get<DeadLetter>('dead-letters');
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(letter).toMatchObject({ service: 'mypage', aggregate: poisoned!.message.key, queued: false });
    expect(await get('dead-letters/causes')).toMatchObject([{ cause: letter!.cause, aggregates: 1, events: 1 }]);
    expect(await get<AttentionItem>('attention')).toMatchObject([{ kind: 'dead-letter', subject: letter!.cause }]);

    const replayed = await post(`dead-letters/causes/${letter!.cause}/replay`);
    expect(replayed.body).toMatchObject({
      replayed: 0,
      failed: [{ why: expect.stringContaining('schemaVersion') as string }],
    });
    expect((await post(`dead-letters/${letter!.id}/discard`)).body).toEqual({ service: 'mypage', discarded: 1 });
    expect(await get('dead-letters')).toEqual([]);
    expect(await get('attention')).toEqual([]);
    expect((await get<OperatorAction>('actions')).map(({ action }) => action)).toEqual(['discard', 'replay']);
  });

  test('is ready only when everything that was there has been applied', async () => {
    const reservations = Array.from({ length: 150 }, () => seatsReserved(newIds()));
    await publish(reservations);
    const service = await startReady();
    expect((await see(service, 'alice', '?limit=200')).items).toHaveLength(reservations.length);
  });

  test('a deleted file is rebuilt, row for row, and so it is from the events alone', async () => {
    const stories = ['alice', 'bob', 'carol'].flatMap((customerId) => wholeStory(newIds(customerId)));
    await publish(stories);
    const first = await startReady();
    const before = await dump(fileOf(dataDir));
    expect(before.view.timeline).toHaveLength(stories.length);
    await first.stop();
    rmSync(fileOf(dataDir));

    await startReady();
    expect(await dump(fileOf(dataDir))).toEqual(before);

    const inOnePartition = stories.map(({ topic, message }, offset) => ({
      topic,
      partition: 0,
      messages: [{ ...message, offset }],
    }));
    expect((await rebuild(inOnePartition)).view).toEqual(before.view);
  });

  test('goes on after a restart where it stood', async () => {
    const ids = newIds();
    await publish([seatsReserved(ids)]);
    await (await startReady()).stop();
    const approved = { reservationId: ids.reservationId, customerId: ids.customerId, amount: 300_000 };
    await publish([told({ type: 'PaymentApproved', data: approved }, ids.reservationId, 1, 1)]);
    const service = await startReady();
    expect((await see(service)).items[0]?.payment.status).toBe('approved');
  });

  test("another fold version's file stays until its own has caught up, then it goes", async () => {
    const files = () => readdirSync(dataDir).filter((name) => name.endsWith('.sqlite'));
    await publish(wholeStory(newIds()));
    await (await startReady({ foldVersion: 1 })).stop();

    const withoutKafka = await start({ foldVersion: 2, brokers: NO_KAFKA });
    await eventually(() => expect(files()).toEqual(['mypage-v1.sqlite', 'mypage-v2.sqlite']));
    await withoutKafka.stop();

    const service = await startReady({ foldVersion: 2 });
    expect(files()).toEqual(['mypage-v2.sqlite']);
    expect((await see(service)).items).toHaveLength(1);
  });

  test('without Kafka a new file is not shown, and one that was complete is shown as of then', async () => {
    const token = await issuer.token({ sub: 'alice' });
    const empty = await start({ brokers: NO_KAFKA });
    await request(empty.url).get('/readyz').expect(503);
    const { body, headers } = (await request(empty.url)
      .get('/api/mypage')
      .auth(token, { type: 'bearer' })
      .expect(503)) as Answer;
    expect(body).toMatchObject({ type: 'urn:outerpark:problem:service-unavailable' });
    expect(headers['retry-after']).toBe('1');
    await empty.stop();

    await publish(wholeStory(newIds()));
    const online = await startReady();
    await online.stop();
    const stopped = new Date().toISOString();

    const offline = await startReady({ brokers: NO_KAFKA });
    const { items, asOf } = await see(offline);
    expect(items).toHaveLength(1);
    expect(asOf < stopped).toBe(true);
  });

  test('a file made from another Kafka, and a damaged one, are built anew', async () => {
    await publish(wholeStory(newIds('alice')));
    await (await startReady()).stop();

    const other = testKafka();
    const otherBroker = connectKafka({ ...other, clientId: 'test', logger });
    await eventually(() => otherBroker.ensureTopics());
    await publish([seatsReserved(newIds('bob'))], otherBroker);
    await otherBroker.close();
    const service = await startReady({ topicPrefix: other.topicPrefix });
    expect((await see(service, 'alice')).items).toEqual([]);
    expect((await see(service, 'bob')).items).toHaveLength(1);
    await service.stop();

    for (const suffix of ['-wal', '-shm']) rmSync(fileOf(dataDir) + suffix, { force: true });
    expect(existsSync(fileOf(dataDir))).toBe(true);
    writeFileSync(fileOf(dataDir), 'not a database '.repeat(1000));
    const again = await startReady({ topicPrefix: other.topicPrefix });
    expect((await see(again, 'bob')).items).toHaveLength(1);
  });

  test('only a customer with a good token gets in', async () => {
    const service = await startReady();
    const page = () => request(service.url).get('/api/mypage');
    const refused = async (token: string, status: number) => {
      const { body, type } = (await page().auth(token, { type: 'bearer' }).expect(status)) as Answer;
      expect(type).toBe('application/problem+json');
      return (body as { type: string }).type;
    };

    const { headers } = await page().expect(401);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(await refused(await issuer.token({ expiresIn: '-1m' }), 401)).toBe('urn:outerpark:problem:unauthenticated');
    expect(await refused(await issuer.forged.otherKey(), 401)).toBe('urn:outerpark:problem:unauthenticated');
    expect(await refused('nonsense', 401)).toBe('urn:outerpark:problem:unauthenticated');
    expect(await refused(await issuer.token({ roles: ['admin'] }), 403)).toBe('urn:outerpark:problem:forbidden');

    const token = await issuer.token();
    for (const query of ['limit=0', 'limit=abc', 'limit=201', 'cursor=nonsense']) {
      await request(service.url).get(`/api/mypage?${query}`).auth(token, { type: 'bearer' }).expect(400);
    }
    await request(service.url).post('/api/mypage').auth(token, { type: 'bearer' }).expect(405);
    await request(service.url)
      .get('/metrics')
      .expect(200, /consumer_joined\{service="mypage"\} 1/);
  });
});
