import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import type { RunningService } from '@outerpark/chassis/service';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { startTestIssuer, type TestIssuer } from '@outerpark/chassis/testing/issuer';
import type { AttentionItem } from '@outerpark/contracts/http/operators';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import request from 'supertest';
import { startNotification } from '../src/app';
import { readConfig } from '../src/config';

let issuer: TestIssuer;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let service: RunningService;
let sql: Client;

/** The service without its worker, so that nothing is mended by itself. */
beforeAll(async () => {
  [issuer, database] = await Promise.all([startTestIssuer(), createTestDatabase()]);
  const config = readConfig({
    ...{ PORT: '0', HOST: '127.0.0.1', ROLES: 'http', DATABASE_URL: database.url, KAFKA_BROKERS: '127.0.0.1:1' },
    ...{ SMTP_URL: 'smtp://127.0.0.1:1', OIDC_ISSUER: issuer.issuer },
  });
  const tools = { logger: createLogger('notification', 'silent'), metrics: createMetrics('notification') };
  service = await startNotification(config, tools);
  sql = new Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await service.stop();
  await Promise.all([issuer.stop(), database.drop()]);
});

const token = () => issuer.token({ sub: 'root', roles: ['admin'] });
const attention = async (subject: string): Promise<AttentionItem | undefined> => {
  const { body } = await request(service.url)
    .get('/api/admin/attention')
    .auth(await token(), { type: 'bearer' })
    .expect(200);
  return (body as { items: AttentionItem[] }).items.find((item) => item.subject === subject);
};
const act = async (action: string) =>
  request(service.url)
    .post(`/api/admin/attention/${action}`)
    .auth(await token(), { type: 'bearer' })
    .send({ reason: 'a call' });
const state = async (id: string) =>
  (await sql.query(`SELECT status, tries, next_try_at <= now() AS due FROM notice WHERE id = $1`, [id]))
    .rows as object[];
const outcomes = async (id: string) =>
  (await sql.query('SELECT action, outcome FROM operator_action WHERE subject = $1 ORDER BY at', [id]))
    .rows as object[];

/** A notice that was tried seven times in vain; the next try is in an hour. */
async function notice(status: 'pending' | 'failed' | 'sent', age: string, givenUp = '0'): Promise<string> {
  const id = randomUUID();
  await sql.query(
    `INSERT INTO notice (id, reservation_id, customer_id, kind, version, detail, status, created_at, next_try_at, give_up_at,
       tries, correlation_id, traceparent)
     VALUES ($1, $1, 'alice', 'confirmed', 2, '{}', $2, now() - $3::interval, now() + interval '1 hour', now() - $4::interval, 7, '', '')`,
    [id, status, age, givenUp],
  );
  await sql.query(
    `INSERT INTO delivery (notice_id, at, channel, outcome, error) VALUES ($1, now(), 'email', 'failed', 'mailbox full')`,
    [id],
  );
  return id;
}

test('a notice that is not delivered after a quarter of an hour is seen, and tried at once', async () => {
  expect(await attention(await notice('pending', '14 minutes'))).toBeUndefined();
  const id = await notice('pending', '16 minutes');
  expect(await attention(id)).toMatchObject({ kind: 'notice', lastError: 'mailbox full', actions: ['retry'] });
  expect((await act(`notice/${id}/retry`)).status).toBe(200);
  expect(await state(id)).toEqual([{ status: 'pending', tries: 0, due: true }]);
  expect(await outcomes(id)).toEqual([{ action: 'retry', outcome: 'due now' }]);
});

test('a notice that was given up is seen for seven days, and delivered again', async () => {
  expect(await attention(await notice('failed', '9 days', '8 days'))).toBeUndefined();
  const id = await notice('failed', '7 days', '6 days');
  expect(await attention(id)).toMatchObject({ kind: 'failed-notice', lastError: 'mailbox full', actions: ['resend'] });
  expect((await act(`notice/${id}/retry`)).status).toBe(409);
  expect((await act(`failed-notice/${id}/resend`)).status).toBe(200);
  expect(await state(id)).toEqual([{ status: 'pending', tries: 0, due: true }]);
  expect(await outcomes(id)).toEqual([
    { action: 'retry', outcome: 'refused: No such notice is pending' },
    { action: 'resend', outcome: 'to be delivered again' },
  ]);
  expect((await act(`failed-notice/${randomUUID()}/resend`)).status).toBe(404);
});

const resend = async (id: string, { key, who = token() }: { key?: string; who?: Promise<string> } = {}) => {
  const call = request(service.url)
    .post(`/api/admin/notifications/${id}/resend`)
    .auth(await who, { type: 'bearer' });
  return (key === undefined ? call : call.set('Idempotency-Key', key)).send({ reason: 'asked for it' });
};

test('any notice is sent again, and that is written down; under a key only once', async () => {
  const id = await notice('sent', '3 days');
  const answer = await resend(id, { key: 'click' });
  expect([answer.status, answer.body]).toEqual([
    202,
    { kind: 'notice', subject: id, action: 'resend', outcome: 'to be delivered again' },
  ]);
  expect(await state(id)).toEqual([{ status: 'pending', tries: 0, due: true }]);

  // It was delivered meanwhile, and the same click comes once more.
  await sql.query(`UPDATE notice SET status = 'sent', tries = 1 WHERE id = $1`, [id]);
  const again = await resend(id, { key: 'click' });
  expect([again.status, again.body, again.get('idempotent-replayed')]).toEqual([202, answer.body, 'true']);
  expect(await state(id)).toMatchObject([{ status: 'sent' }]);
  expect(await outcomes(id)).toEqual([{ action: 'resend', outcome: 'to be delivered again' }]);

  // While it is still being tried, another click changes nothing.
  const pending = await notice('pending', '1 minute');
  expect((await resend(pending)).status).toBe(202);
  expect(await state(pending)).toEqual([{ status: 'pending', tries: 7, due: false }]);
});

test('only admins send again, and only what there is, and say why', async () => {
  const id = await notice('sent', '1 day');
  expect((await resend(id, { who: issuer.token({ sub: 'alice' }) })).status).toBe(403);
  expect((await resend(randomUUID())).status).toBe(404);
  expect((await resend('no-id')).status).toBe(404);
  const bare = request(service.url).post(`/api/admin/notifications/${id}/resend`);
  expect((await bare.auth(await token(), { type: 'bearer' }).send({})).status).toBe(400);
  expect(await state(id)).toMatchObject([{ status: 'sent' }]);
  expect(await outcomes(id)).toEqual([]);
});
