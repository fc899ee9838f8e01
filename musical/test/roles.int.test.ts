import { createLogger } from '@outerpark/chassis/logger';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import request from 'supertest';
import { startMusical } from '../src/app';
import { readConfig } from '../src/config';
import { ended, heldIn, oneNight, startTestMusical, type TestMusical } from './musical';

const kafka = testKafka();
const broker = connectKafka({ ...kafka, clientId: 'test', logger: createLogger('test', 'silent') });
const PATIENCE = { withinMs: 30_000 };
let http: TestMusical;
const running: RunningService[] = [];
/** How often members of the group joined it, each time that it was shared out anew. */
let joins = 0;

const start = async (roles: string): Promise<RunningService> => {
  const write = (line: string) => {
    if (line.includes('joined the consumer group')) joins += 1;
  };
  const logger = createLogger('musical', 'info', { write });
  const service = await startMusical(readConfig({ ...http.env, ROLES: roles }), {
    logger,
    metrics: createMetrics('musical'),
  });
  running.push(service);
  return service;
};

beforeAll(async () => {
  await broker.ensureTopics();
  http = await startTestMusical({ KAFKA_BROKERS: kafka.brokers.join(','), TOPIC_PREFIX: kafka.topicPrefix });
}, 60_000);
afterAll(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await http.stop();
  await broker.close();
});

test('the Kafka side does the work of Kafka and serves probes alone; HTTP comes and goes without sharing the group out anew', async () => {
  const kafkaSide = await start('consumer,relay,worker');
  await eventually(() => expect(joins).toBe(1), PATIENCE);
  await eventually(() => request(kafkaSide.url).get('/readyz').expect(200), PATIENCE);
  await request(kafkaSide.url).get('/livez').expect(200);
  await request(kafkaSide.url).get('/metrics').expect(200);
  for (const path of ['/api/musicals', '/openapi.json', '/api/admin/attention'])
    await request(kafkaSide.url).get(path).expect(404);

  const more = [await start('http'), await start('http')];
  await request(more[0]!.url).get('/api/musicals').expect(200);
  const { body } = await http.register(oneNight({ VIP: 10 }));
  const { id, performances } = body as { id: string; performances: { id: string }[] };
  const [{ id: performanceId }] = performances as [{ id: string }];
  const hold = heldIn(await http.hold({ performanceId, lines: [{ grade: 'VIP', seats: 3 }] }));
  const { headers, value } = ended('Cancelled', hold);
  await broker.publish([{ topic: 'reservation.events', key: hold.reservationId, headers, value }]);

  await eventually(async () => {
    const sent = await http.store.query('SELECT FROM outbox WHERE published_at IS NOT NULL AND subject = $1', [id]);
    expect(sent).toHaveLength(1);
    expect(await http.seats(performanceId)).toEqual({ VIP: 10 });
  }, PATIENCE);
  await Promise.all(more.map(({ stop }) => stop()));
  expect(joins).toBe(1);
}, 90_000);

test('a Kafka side whose topics were never there is not ready, and says why; one that serves is, and notes it', async () => {
  const nowhere = { KAFKA_BROKERS: '127.0.0.1:1', TOPIC_PREFIX: kafka.topicPrefix };
  const tools = () => ({ logger: createLogger('musical', 'silent'), metrics: createMetrics('musical') });
  const without = (roles: string) => startMusical(readConfig({ ...http.env, ...nowhere, ROLES: roles }), tools());
  const [kafkaSide, all] = await Promise.all([without('consumer,relay,worker'), without('http,consumer,relay,worker')]);
  running.push(kafkaSide, all);
  await eventually(async () => {
    const { body } = await request(kafkaSide.url).get('/readyz').expect(503);
    expect(body).toMatchObject({ checks: { database: 'ok', kafka: expect.stringContaining('ECONNREFUSED') } });
  }, PATIENCE);
  await request(kafkaSide.url).get('/livez').expect(200);
  await eventually(async () => {
    const { body } = await request(all.url).get('/readyz').expect(200);
    expect(body).toMatchObject({ status: 'ready', notes: { kafka: expect.any(String) } });
  }, PATIENCE);
});
