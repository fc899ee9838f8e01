import { createLogger } from '@outerpark/chassis/logger';
import type { OutgoingMessage } from '@outerpark/chassis/messaging/broker';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { testKafka } from '@outerpark/chassis/testing/kafka';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { notice, type Notice } from '@outerpark/contracts/http/notifications';
import { page, type Page } from '@outerpark/contracts/http/paging';
import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';
import request, { type Response } from 'supertest';
import { startNotification } from '../src/app';
import { readConfig } from '../src/config';
import { startTestSmtp, type TestSmtp } from './smtp';
import { newReservation } from './world';

jest.setTimeout(60_000);

const logger = createLogger('notification', 'silent');
let issuer: TestIssuer;
let smtp: TestSmtp;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let service: RunningService;

/** The whole service on Kafka: three notices of alice, one of bob. */
beforeAll(async () => {
  const kafka = testKafka();
  [issuer, smtp, database] = await Promise.all([startTestIssuer(), startTestSmtp(), createTestDatabase()]);
  const broker = connectKafka({ ...kafka, clientId: 'test', logger });
  await eventually(() => broker.ensureTopics());
  service = await startNotification(
    readConfig({
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: kafka.brokers.join(','),
      TOPIC_PREFIX: kafka.topicPrefix,
      SMTP_URL: smtp.url,
      OIDC_ISSUER: issuer.issuer,
    }),
    { logger, metrics: createMetrics('notification') },
  );
  const contactOf = (customerId: string): OutgoingMessage => ({
    topic: CONTACTS_TOPIC,
    key: customerId,
    headers: {},
    value: JSON.stringify({ email: `${customerId}@example.com`, locale: 'en' }),
  });
  const [one, two, bobs] = [newReservation('alice'), newReservation('alice'), newReservation('bob')];
  const ofReservations = [one, two, bobs].flatMap((reservation) => [reservation.reserved(), reservation.confirmed()]);
  const messages = [
    ...ofReservations.map((message): OutgoingMessage => ({ topic: 'reservation.events', ...message })),
    { topic: 'payment.events' as const, ...one.cancelled(1, 300_000) },
    contactOf('alice'),
    contactOf('bob'),
  ];
  // Topics just made have no leader yet.
  await eventually(() => broker.publish(messages));
  await broker.close();
  await eventually(() => expect(smtp.mails).toHaveLength(4), { withinMs: 30_000 });
});

afterAll(async () => {
  await service.stop();
  await Promise.all([smtp.stop(), issuer.stop()]);
  await database.drop();
});

interface Answer extends Pick<Response, 'status'> {
  body: Page<Notice>;
}

async function list(token: string, query = ''): Promise<Answer> {
  return await request(service.url).get(`/api/notifications${query}`).auth(token, { type: 'bearer' });
}

test('what happens is mailed, and each customer sees the own notices with their delivery log', async () => {
  await eventually(async () => {
    const { body } = await list(await issuer.token({ sub: 'alice' }));
    expect(page(notice).parse(body)).toEqual(body);
    expect(body.items.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']);
    expect(body.items.map(({ kind }) => kind).sort()).toEqual(['confirmed', 'confirmed', 'refunded']);
    expect(body.items.map(({ deliveries }) => deliveries.map(({ outcome }) => outcome))).toEqual(
      body.items.map(() => ['sent']),
    );
  });
  expect((await list(await issuer.token({ sub: 'bob' }))).body.items).toHaveLength(1);
  expect((await list(await issuer.token({ sub: 'carol' }))).body.items).toEqual([]);
});

test("an admin sees everybody's, page by page", async () => {
  const admin = await issuer.token({ sub: 'root', roles: ['admin'] });
  const all = (await list(admin)).body.items;
  expect(all).toHaveLength(4);
  const seen: Notice[] = [];
  let next: string | null = null;
  do {
    const { body } = await list(admin, `?limit=3${next ? `&cursor=${next}` : ''}`);
    seen.push(...body.items);
    next = body.next;
  } while (next);
  expect(seen).toEqual(all);
});

test('nobody gets in without a good token, or asks for what is no page', async () => {
  await request(service.url).get('/api/notifications').expect(401);
  expect((await list(await issuer.token({ expiresIn: '-1m' }))).status).toBe(401);
  expect((await list(await issuer.forged.algNone())).status).toBe(401);
  const token = await issuer.token();
  for (const query of ['?limit=0', '?limit=1.5', '?cursor=x', '?cursor=WyJ4IiwieSJd']) {
    expect((await list(token, query)).status).toBe(400);
  }
  await request(service.url).delete('/api/notifications').auth(token, { type: 'bearer' }).expect(405);
  await eventually(() => request(service.url).get('/readyz').expect(200));
});
