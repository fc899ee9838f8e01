import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import { customerPreferences } from '@outerpark/contracts/http/notifications';
import request from 'supertest';
import { startNotification } from '../src/app';
import { readConfig } from '../src/config';

let issuer: TestIssuer;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let service: RunningService;

/** The service without Kafka, with a chat service. */
beforeAll(async () => {
  [issuer, database] = await Promise.all([startTestIssuer(), createTestDatabase()]);
  const config = readConfig({
    ...{ PORT: '0', HOST: '127.0.0.1', ROLES: 'http', DATABASE_URL: database.url, KAFKA_BROKERS: '127.0.0.1:1' },
    ...{ SMTP_URL: 'smtp://127.0.0.1:1', OIDC_ISSUER: issuer.issuer, CHAT_WEBHOOK_URL: 'https://chat.example' },
    CHAT_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  });
  const tools = { logger: createLogger('notification', 'silent'), metrics: createMetrics('notification') };
  service = await startNotification(config, tools);
});
afterAll(async () => {
  await service.stop();
  await Promise.all([issuer.stop(), database.drop()]);
});

const PATH = '/api/notifications/preferences';
const find = async (token: string) => request(service.url).get(PATH).auth(token, { type: 'bearer' });
const choose = async (token: string, body: object) =>
  request(service.url).put(PATH).auth(token, { type: 'bearer' }).send(body);
const chosen = { language: 'ko', channels: { email: false, chat: true } };

test('whoever has chosen nothing is told by e-mail, and chooses for nobody else', async () => {
  const [alice, bob] = [await issuer.token({ sub: 'alice' }), await issuer.token({ sub: 'bob' })];
  const before = await find(alice);
  expect(before.status).toBe(200);
  expect(customerPreferences.parse(before.body)).toMatchObject({
    channels: { email: true, chat: false },
    available: ['email', 'chat'],
  });

  const answer = await choose(alice, chosen);
  expect([answer.status, answer.body]).toEqual([200, { ...chosen, available: ['email', 'chat'] }]);
  expect((await find(alice)).body).toEqual(answer.body);
  const again = { language: 'en', channels: { email: false, chat: false } };
  await choose(alice, again);
  expect((await find(alice)).body).toMatchObject(again);
  expect((await find(bob)).body).toEqual(before.body);
});

test('what is no choice is refused, and nobody chooses without a token', async () => {
  const carol = await issuer.token({ sub: 'carol' });
  for (const body of [
    {},
    { ...chosen, language: 'fr' },
    { ...chosen, channels: { email: true } },
    { ...chosen, channels: { email: 'yes', chat: false } },
    { ...chosen, channels: { email: true, chat: false, mypage: true } },
    { ...chosen, available: ['email'] },
  ]) {
    const answer = await choose(carol, body);
    expect(answer.status).toBe(400);
    expect(answer.type).toBe('application/problem+json');
  }
  expect((await find(carol)).body).toMatchObject({ channels: { email: true, chat: false } });
  await request(service.url).get(PATH).expect(401);
  await request(service.url).put(PATH).send(chosen).expect(401);
});
