import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@outerpark/chassis/logger';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import type { RunningService } from '@outerpark/chassis/service';
import { openStream, type SeenEvent, type SeenStream } from '@outerpark/chassis/testing/event-stream';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { messageOf } from '@outerpark/chassis/testing/messages';
import { myPageEvents, type MyPageChange, type MyPageSnapshot } from '@outerpark/contracts/http/mypage';
import request from 'supertest';
import { ready, startTestMyPage } from './running';
import { newIds, seatsReserved, wholeStory, type Told } from './story';

jest.setTimeout(60_000);

const logger = createLogger('mypage', 'silent');
let issuer: TestIssuer;
let kafka: ReturnType<typeof testKafka>;
let broker: Broker;
let dataDir: string;
let service: RunningService;
let streams: SeenStream[];

beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.stop());

beforeEach(async () => {
  kafka = testKafka();
  broker = connectKafka({ ...kafka, clientId: 'test', logger });
  await eventually(() => broker.ensureTopics());
  dataDir = mkdtempSync(join(tmpdir(), 'mypage-stream-'));
  streams = [];
  await start();
});

afterEach(async () => {
  streams.forEach(({ leave }) => leave());
  await service.stop();
  await broker.close();
  rmSync(dataDir, { recursive: true });
});

async function start(env: Record<string, string> = {}): Promise<void> {
  service = await startTestMyPage({
    DATA_DIR: dataDir,
    KAFKA_BROKERS: kafka.brokers.join(','),
    TOPIC_PREFIX: kafka.topicPrefix,
    OIDC_ISSUER: issuer.issuer,
    ...env,
  });
  await ready(service);
}

/** Again and again, because topics just made have no leader yet. */
const publish = (story: Told[]) =>
  eventually(() =>
    broker.publish(story.map(({ topic, message: { key, headers, value } }) => ({ topic, key, headers, value }))),
  );

async function open(customerId: string, expiresIn = '5m'): Promise<SeenStream> {
  const token = await issuer.token({ sub: customerId, expiresIn });
  const stream = await openStream(`${service.url}/api/mypage/stream`, token);
  streams.push(stream);
  return stream;
}

async function openWithSnapshot(customerId: string): Promise<SeenStream & { snapshot: MyPageSnapshot }> {
  const stream = await open(customerId);
  const first = await eventually(() => {
    expect(stream.events[0]?.event).toBe('snapshot');
    return stream.events[0]!;
  });
  return { ...stream, snapshot: myPageEvents.snapshot.parse(first.data) };
}

const changesOf = ({ events }: SeenStream): MyPageChange[] =>
  events.slice(1).map(({ event, data }) => {
    expect(event).toBe('reservation');
    return myPageEvents.reservation.parse(data);
  });

describe('the stream', () => {
  test('begins with the page and goes on with what happens, in order', async () => {
    const [before, after] = [newIds(), newIds()];
    await publish([seatsReserved(before)]);
    const stream = await eventually(async () => {
      const opened = await openWithSnapshot('alice');
      expect(opened.snapshot.items.map(({ id }) => id)).toEqual([before.reservationId]);
      return opened;
    });
    const story = wholeStory(after);
    for (const told of story) await publish([told]);
    await eventually(() => expect(changesOf(stream).at(-1)?.item.timeline).toHaveLength(story.length));

    const changes = changesOf(stream);
    const lengths = changes.map(({ item }) => item.timeline.length);
    expect(new Set(changes.map(({ item }) => item.id))).toEqual(new Set([after.reservationId]));
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    const token = await issuer.token({ sub: 'alice' });
    const { body } = await request(service.url).get('/api/mypage').auth(token, { type: 'bearer' }).expect(200);
    expect((body as MyPageSnapshot).items).toContainEqual(changes.at(-1)!.item);
    expect(changes.at(-1)!.item.status).toBe('cancelled');
  });

  test('shows nobody anything of others', async () => {
    const [alice, bob] = [await openWithSnapshot('alice'), await openWithSnapshot('bob')];
    const ids = newIds('alice');
    await publish([...wholeStory(ids), seatsReserved(newIds('bob'))]);
    await eventually(() => expect(changesOf(alice).at(-1)?.item.status).toBe('cancelled'));
    await eventually(() => expect(changesOf(bob)).toHaveLength(1));
    expect(JSON.stringify(bob.events)).not.toContain(ids.reservationId);
  });

  test('ends with the service, and begins after its restart with what happened meanwhile', async () => {
    const ids = newIds();
    const stream = await openWithSnapshot('alice');
    await publish([seatsReserved(ids)]);
    await eventually(() => expect(changesOf(stream)).toHaveLength(1));
    await service.stop();
    await stream.ended;

    await publish(wholeStory(ids).slice(1));
    await start();
    const again = await openWithSnapshot('alice');
    expect(again.snapshot.items).toMatchObject([{ id: ids.reservationId, status: 'cancelled' }]);
    expect(Date.parse(again.snapshot.asOf!)).toBeGreaterThan(Date.now() - 60_000);
  });

  test('ends when the token expires', async () => {
    const stream = await open('alice', '2s');
    expect(stream.status).toBe(200);
    await stream.ended;
    expect((await open('alice', '-1m')).status).toBe(401);
  });

  test('is for customers, and for as many as the process bears', async () => {
    const admin = await openStream(`${service.url}/api/mypage/stream`, await issuer.token({ roles: ['admin'] }));
    expect(admin.status).toBe(403);
    await service.stop();
    await start({ MOST_STREAMS: '2' });
    await Promise.all([open('alice'), open('bob')]);
    const refused = await open('carol');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    streams[0]!.leave();
    await eventually(async () => expect((await open('carol')).status).toBe(200));
    await request(service.url)
      .get('/metrics')
      .expect(/mypage_streams_open\{service="mypage"\} 2/);
  });

  test('where another process folds there is none', async () => {
    await service.stop();
    await start({ ROLES: 'http,consumer' });
    await service.stop();
    service = await startTestMyPage({
      DATA_DIR: dataDir,
      KAFKA_BROKERS: '127.0.0.1:1',
      KAFKA_PATIENCE_MS: '500',
      OIDC_ISSUER: issuer.issuer,
      ROLES: 'http',
    });
    await ready(service);
    expect((await open('alice')).status).toBe(503);
  });

  test('500 customers at once: each sees the own changes, and how soon', async () => {
    const customers = Array.from({ length: 500 }, (_, index) => `rush-${index}`);
    for (let from = 0; from < customers.length; from += 50) {
      await Promise.all(customers.slice(from, from + 50).map(openWithSnapshot));
    }
    const all = [...streams];
    // Ten at a time, each as old as its sending.
    const now = ({ topic, message }: Told): Told => ({
      topic,
      message: { ...message, headers: { ...message.headers, ce_time: new Date().toISOString() } },
    });
    for (let from = 0; from < customers.length; from += 10) {
      await publish(customers.slice(from, from + 10).map((customer) => now(seatsReserved(newIds(customer)))));
    }
    await eventually(() => expect(all.filter(({ events }) => events.length === 2)).toHaveLength(customers.length), {
      withinMs: 40_000,
    });
    all.forEach((stream) => expect(changesOf(stream)).toHaveLength(1));

    const delays = all.map(({ events }) => delayOf(events[1] as SeenEvent<MyPageChange>)).sort((a, b) => a - b);
    const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))]!;
    process.stdout.write(`500 streams, event to message: median ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
  });
});

const delayOf = ({ at, data }: SeenEvent<MyPageChange>): number => at - Date.parse(data.item.timeline.at(-1)!.at);

test('a message that breaks its contract is told to nobody and holds up nobody', async () => {
  const stream = await openWithSnapshot('alice');
  const reserved = seatsReserved(newIds());
  const broken = messageOf({ type: 'PaymentRequested', data: {} as never }, { subject: randomUUID() });
  await publish([{ topic: reserved.topic, message: broken }, reserved]);
  await eventually(() => expect(changesOf(stream)).toHaveLength(1));
});
