import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { Pool } from 'pg';
import request from 'supertest';
import { problem } from '../src/errors';
import { createHttpApp } from '../src/http/app';
import { requireIdentity, type Identity } from '../src/http/auth';
import { idempotent, type Answer, type ClaimRequest } from '../src/http/idempotency';
import { CREATE_IDEMPOTENCY_KEY, createIdempotencyStore } from '../src/http/idempotency-store';
import { createLogger } from '../src/logger';
import { createMetrics } from '../src/metrics';
import { createTestDatabase } from '../src/testing/database';
import { eventually } from '../src/testing/eventually';

let pool: Pool;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  pool = new Pool({ connectionString: database.url, max: 10 });
  await pool.query(CREATE_IDEMPOTENCY_KEY);
});
afterAll(async () => {
  await pool.end();
  await drop();
});
beforeEach(() => pool.query('TRUNCATE idempotency_key'));

const store = createIdempotencyStore(async (sql, params) => (await pool.query<object>(sql, params)).rows);
const age = (interval: string) =>
  pool.query(
    'UPDATE idempotency_key SET claimed_at = claimed_at - $1::interval, created_at = created_at - $1::interval',
    [interval],
  );

const claimOf = (changes: Partial<ClaimRequest> = {}) =>
  store.claim({
    customerId: 'kim',
    method: 'POST',
    path: '/api/reservations',
    key: 'k',
    fingerprint: 'f',
    newId: randomUUID(),
    ...changes,
  });
const started = async (changes: Partial<ClaimRequest> = {}) => {
  const claim = await claimOf(changes);
  if (claim.kind !== 'new' && claim.kind !== 'take-over') throw new Error(`was ${claim.kind}`);
  return claim;
};

describe('store', () => {
  test('of twenty at once one goes first', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimOf()));
    expect(claims.filter(({ kind }) => kind === 'new')).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === 'in-flight')).toHaveLength(19);
  });

  test('after the lease one of twenty takes over, with the same resource', async () => {
    const { resourceId } = await started();
    await age('31 seconds');
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimOf()));
    expect(claims.filter(({ kind }) => kind === 'take-over')).toEqual([expect.objectContaining({ resourceId })]);
    expect(claims.filter(({ kind }) => kind === 'in-flight')).toHaveLength(19);
  });

  test('an answer is replayed for a day', async () => {
    const { id } = await started();
    await store.finish(id, 201, { b: 1, a: [null] });
    expect(await claimOf()).toEqual({ kind: 'replay', status: 201, body: { b: 1, a: [null] } });
    await age('23 hours');
    expect(await claimOf()).toMatchObject({ kind: 'replay' });
    expect(await claimOf({ fingerprint: 'other' })).toEqual({ kind: 'mismatch' });
    await age('1 hour');
    expect(await claimOf({ fingerprint: 'other' })).toMatchObject({ kind: 'new' });
  });

  test('an answer may have no body', async () => {
    await store.finish((await started()).id, 204, undefined);
    expect(await claimOf()).toEqual({ kind: 'replay', status: 204, body: null });
  });

  test('a freed key keeps its resource for the same request, and takes another one as new', async () => {
    const first = await started();
    await store.release(first.id);
    const second = await started();
    expect(second).toMatchObject({ kind: 'take-over', resourceId: first.resourceId });
    await store.release(second.id);
    const third = await started({ fingerprint: 'other' });
    expect(third.kind).toBe('new');
    expect(third.resourceId).not.toBe(first.resourceId);
  });

  test('who was taken over has no say any more', async () => {
    const first = await started();
    await age('31 seconds');
    await started();
    await store.release(first.id);
    await store.finish(first.id, 201, {});
    expect(await claimOf()).toEqual({ kind: 'in-flight' });
  });

  test('keys of other customers, methods and paths are other keys', async () => {
    await started();
    for (const other of [{ customerId: 'lee' }, { method: 'DELETE' }, { path: '/api/reservations/1' }, { key: 'K' }]) {
      expect((await started(other)).kind).toBe('new');
    }
  });
});

describe('route', () => {
  const calls: string[] = [];
  let respond: (id: string) => Promise<Answer>;
  beforeEach(() => {
    calls.length = 0;
    respond = (id) => Promise.resolve({ status: 201, body: { id } });
  });

  const routes = Router();
  routes.post(
    '/things/:id',
    idempotent(store, (req, resourceId) => {
      requireIdentity(req);
      calls.push(resourceId);
      return respond(resourceId);
    }),
  );
  const verify = (token: string): Promise<Identity> =>
    Promise.resolve({ customerId: token, roles: ['customer'], locale: 'ko', token });
  const logger = createLogger('test', 'silent');
  const http = request(createHttpApp({ logger, metrics: createMetrics('test'), ready: {}, routes, verify }));
  const post = (body: object = { seats: 2 }, { key = 'k', path = '/things/1' } = {}) => {
    const call = http.post(path).auth('kim', { type: 'bearer' });
    return call.set('Idempotency-Key', key).send(body);
  };

  test('the same request again gets the stored answer', async () => {
    const first = await post().expect(201);
    const second = await post().expect(201);
    expect(second.body).toEqual(first.body);
    expect([first.get('Idempotent-Replayed'), second.get('Idempotent-Replayed')]).toEqual([undefined, 'true']);
    expect(calls).toHaveLength(1);
  });

  test('without a key every request is its own', async () => {
    await http.post('/things/1').auth('kim', { type: 'bearer' }).send({}).expect(201);
    await http.post('/things/1').auth('kim', { type: 'bearer' }).send({}).expect(201);
    expect(new Set(calls).size).toBe(2);
  });

  test('another body under the key is refused; on another path it is another request', async () => {
    await post().expect(201);
    expect((await post({ seats: 3 }).expect(422)).body).toMatchObject({
      type: expect.stringContaining('idempotency-key-reused') as string,
    });
    await post({ seats: 3 }, { path: '/things/2' }).expect(201);
  });

  test('while the first is in flight the second is told so', async () => {
    let finish: (answer: Answer) => void = () => {};
    respond = () => new Promise((resolve) => (finish = resolve));
    const first = post().then((answer) => answer.status);
    await eventually(() => expect(calls).toHaveLength(1));
    expect((await post().expect(409)).body).toMatchObject({
      type: expect.stringContaining('request-in-flight') as string,
    });
    finish({ status: 201, body: {} });
    expect(await first).toBe(201);
  });

  test.each([
    ['not-found', 404],
    ['seats-unavailable', 409],
    ['invalid-request', 400],
  ] as const)('a decided refusal is stored: %s', async (name, status) => {
    respond = () => Promise.reject(problem(name, 'decided', { free: 1 }));
    const first = await post().expect(status);
    respond = () => Promise.resolve({ status: 201 });
    const second = await post().expect(status);
    expect(second.body).toEqual(first.body);
    expect(second.get('Content-Type')).toBe('application/problem+json');
    expect(second.get('Idempotent-Replayed')).toBe('true');
  });

  test.each([problem('forbidden'), problem('seat-check-unavailable'), new Error('a bug')])(
    'after anything else the key is free, and the resource stays the same: %s',
    async (error) => {
      respond = () => Promise.reject(error);
      await post();
      respond = (id) => Promise.resolve({ status: 201, body: { id } });
      const answer = await post().expect(201);
      expect(calls).toEqual([calls[0], calls[0]]);
      expect(answer.body).toEqual({ id: calls[0] });
    },
  );

  test('a key needs a customer, and must be visible ASCII', async () => {
    await http.post('/things/1').set('Idempotency-Key', 'k').send({}).expect(401);
    await post({}, { key: 'two words' }).expect(400);
    expect((await pool.query('SELECT 1 FROM idempotency_key')).rowCount).toBe(0);
  });
});
