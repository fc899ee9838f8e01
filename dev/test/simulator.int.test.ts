import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import type { Running } from '../src/http/serve';
import { startSimulator } from '../src/simulator/start';

let dataDir: string;
let simulator: Running;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'simulator-'));
  simulator = await startSimulator({ port: 0, dataDir });
});
afterEach(async () => {
  await simulator.stop();
  rmSync(dataDir, { recursive: true });
});

const restart = async (): Promise<void> => {
  await simulator.stop();
  simulator = await startSimulator({ port: 0, dataDir });
};
const charge = (key: string, amount = 50_000, reference = 'r1') =>
  request(simulator.url).post('/charges').set('Idempotency-Key', key).send({ amount, reference });
const refund = (key: string, of: string, amount: number) =>
  request(simulator.url).post('/refunds').set('Idempotency-Key', key).send({ charge: of, amount });
const cancel = (key: string) => request(simulator.url).post(`/charges/${key}/cancel`);
const find = (key: string) => request(simulator.url).get(`/charges/${key}`);
const pay = (key: string, decision: string) =>
  request(simulator.url).post(`/pay/${key}`).type('form').send({ decision });
const ledger = async (query = '') =>
  (await request(simulator.url).get(`/ledger${query}`)).body as Record<string, unknown>;
const faults = (body: object) => request(simulator.url).put('/faults').send(body);

describe('charges', () => {
  test('a charge is approved by itself, and found again', async () => {
    const answer = await charge('k1');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      key: 'k1',
      status: 'approved',
      amount: 50_000,
      reference: 'r1',
      createdAt: expect.any(String) as string,
    });
    expect((await find('k1')).body).toEqual(answer.body);
    expect((await find('k2')).status).toBe(404);
  });

  test('a repeated key gets the stored answer and charges once, at once and later', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => charge('k1')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await ledger()).toMatchObject({ captured: 50_000, charges: [{ key: 'k1' }] });
  });

  test('a key of another charge is refused', async () => {
    await charge('k1');
    expect((await charge('k1', 60_000)).status).toBe(422);
    expect((await charge('k1', 50_000, 'r2')).status).toBe(422);
  });

  test.each([
    ['no key', undefined, { amount: 1, reference: 'r' }],
    ['nothing to pay', 'k', { amount: 0, reference: 'r' }],
    ['a fraction', 'k', { amount: 1.5, reference: 'r' }],
    ['no reference', 'k', { amount: 1 }],
  ])('%s is a bad request', async (_what, key, body) => {
    const call = request(simulator.url).post('/charges');
    const answer = await (key ? call.set('Idempotency-Key', key) : call).send(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.any(String) as string });
  });

  test('an approved charge is too late to cancel', async () => {
    await charge('k1');
    expect((await cancel('k1')).body).toMatchObject({ status: 'approved' });
    expect(await ledger()).toMatchObject({ captured: 50_000 });
  });

  test('a waiting charge is cancelled, and stays so under its key', async () => {
    await faults({ requireAction: true });
    await charge('k1');
    expect((await cancel('k1')).body).toMatchObject({ status: 'cancelled' });
    expect((await charge('k1')).body).toMatchObject({ status: 'cancelled' });
    expect((await pay('k1', 'approve')).text).toContain('was cancelled');
    expect(await ledger()).toMatchObject({ captured: 0 });
  });

  test('a cancellation that arrives before its charge is kept: the late charge takes nothing', async () => {
    expect((await cancel('k1')).body).toMatchObject({ key: 'k1', status: 'cancelled', amount: 0 });
    expect((await cancel('k1')).body).toMatchObject({ status: 'cancelled' });
    await restart();
    expect((await charge('k1')).body).toMatchObject({ status: 'cancelled', amount: 50_000, reference: 'r1' });
    expect((await charge('k1', 60_000)).status).toBe(422);
    expect(await ledger()).toMatchObject({ captured: 0 });
  });
});

describe('refunds', () => {
  beforeEach(() => charge('k1'));

  test('a refund is made once for its key', async () => {
    const answer = await refund('f1', 'k1', 20_000);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ key: 'f1', charge: 'k1', amount: 20_000, status: 'refunded' });
    expect((await refund('f1', 'k1', 20_000)).body).toEqual(answer.body);
    expect((await refund('f1', 'k1', 10_000)).status).toBe(422);
    expect(await ledger()).toMatchObject({ captured: 50_000, refunded: 20_000, refunds: [{ key: 'f1' }] });
  });

  test('no more than was captured is refunded', async () => {
    await refund('f1', 'k1', 20_000);
    expect((await refund('f2', 'k1', 30_001)).status).toBe(409);
    expect((await refund('f3', 'k1', 30_000)).status).toBe(200);
    expect((await refund('f4', 'k1', 1)).status).toBe(409);
  });

  test('what was not captured is not refunded, and what is unknown not found', async () => {
    await cancel('k2');
    expect((await refund('f1', 'k2', 1)).status).toBe(409);
    expect((await refund('f1', 'k3', 1)).status).toBe(404);
  });
});

describe('the payment page', () => {
  beforeEach(() => faults({ requireAction: true }));

  test.each([
    ['approve', 'approved', 50_000],
    ['decline', 'declined', 0],
  ])('the customer can %s', async (decision, status, captured) => {
    const answer = await charge('k 1/2');
    expect(answer.body).toMatchObject({ status: 'requires_action', url: `${simulator.url}/pay/k%201%2F2` });
    const { url } = answer.body as { url: string };
    expect((await request(url).get('')).text).toContain('Approve</button>');

    expect((await request(url).post('').type('form').send({ decision })).status).toBe(200);
    expect((await charge('k 1/2')).body).toMatchObject({ status });
    expect((await charge('k 1/2')).body).not.toHaveProperty('url');
    expect(await ledger()).toMatchObject({ captured });

    const ended = await request(url).get('');
    expect(ended.text).not.toContain('Approve</button>');
    await request(url).post('').type('form').send({ decision: 'approve' });
    expect(await ledger()).toMatchObject({ captured });
  });

  test('what others wrote is escaped', async () => {
    await charge('k1', 1, '<script>alert("x")</script>');
    expect((await request(simulator.url).get('/pay/k1')).text).not.toContain('<script>');
  });

  test('there is none for an unknown charge', async () => {
    expect((await request(simulator.url).get('/pay/k9')).status).toBe(404);
  });
});

describe('the ledger', () => {
  test('can be asked for one reference', async () => {
    await charge('k1', 1000, 'r1');
    await charge('k2', 2000, 'r2');
    await refund('f2', 'k2', 500);
    expect(await ledger('?reference=r1')).toMatchObject({
      charges: [{ key: 'k1' }],
      refunds: [],
      captured: 1000,
      refunded: 0,
    });
    expect(await ledger('?reference=r2')).toMatchObject({ captured: 2000, refunded: 500 });
    expect(await ledger()).toMatchObject({ captured: 3000, refunded: 500 });
  });

  test('survives a restart, word for word', async () => {
    await faults({ declineNext: 1 });
    await charge('k1');
    await charge('k2');
    await refund('f1', 'k2', 1);
    const before = await ledger();
    await restart();
    expect(await ledger()).toEqual(before);
    expect((await charge('k1')).body).toMatchObject({ status: 'declined' });
  });

  test('a torn last line was never answered and is cut', async () => {
    await charge('k1');
    await simulator.stop();
    const journal = join(dataDir, 'journal.jsonl');
    appendFileSync(journal, '{"charge":{"key":"k2","sta');
    simulator = await startSimulator({ port: 0, dataDir });
    await charge('k3');
    await restart();
    expect(await ledger()).toMatchObject({ charges: [{ key: 'k1' }, { key: 'k3' }] });
    expect(readFileSync(journal, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  });

  test('is in memory without a folder', async () => {
    const other = await startSimulator({ port: 0 });
    const { status } = await request(other.url)
      .post('/charges')
      .set('Idempotency-Key', 'k')
      .send({ amount: 1, reference: '' });
    expect(status).toBe(200);
    await other.stop();
  });
});

describe('faults', () => {
  test('are switched as a whole, read, and switched off', async () => {
    await faults({ latencyMs: 1, declineAll: true });
    expect((await request(simulator.url).get('/faults')).body).toEqual({ latencyMs: 1, declineAll: true });
    await faults({ errorRate: 0 });
    expect((await request(simulator.url).get('/faults')).body).toEqual({ errorRate: 0 });
    expect((await request(simulator.url).delete('/faults')).body).toEqual({});
  });

  test.each([{ latency: 1 }, { errorRate: 2 }, { noAnswer: 'never' }, []])('%j is a bad request', async (body) => {
    await faults({ declineAll: true });
    const answer = await faults(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.any(String) as string });
    expect((await request(simulator.url).get('/faults')).body).toEqual({ declineAll: true });
  });

  test('declineNext declines so many new charges', async () => {
    await faults({ declineNext: 2 });
    const statuses = [];
    for (const key of ['k1', 'k1', 'k2', 'k3']) statuses.push(((await charge(key)).body as { status: string }).status);
    expect(statuses).toEqual(['declined', 'declined', 'declined', 'approved']);
    expect((await find('k1')).body).toMatchObject({ reason: expect.any(String) as string });
  });

  test('declineAll declines them all', async () => {
    await faults({ declineAll: true, requireAction: true });
    expect((await charge('k1')).body).toMatchObject({ status: 'declined' });
  });

  test('an answer lost before: nothing was charged', async () => {
    await faults({ noAnswer: 'before' });
    await expect(charge('k1')).rejects.toThrow('socket hang up');
    expect(await ledger()).toMatchObject({ captured: 0 });
  });

  test('an answer lost after: it was charged, and the repeated key tells so', async () => {
    await faults({ noAnswer: 'after' });
    await expect(charge('k1')).rejects.toThrow('socket hang up');
    await expect(refund('f1', 'k1', 1)).rejects.toThrow('socket hang up');
    await request(simulator.url).delete('/faults');
    expect(await ledger()).toMatchObject({ captured: 50_000, refunded: 1 });
    expect((await charge('k1')).body).toMatchObject({ status: 'approved' });
  });

  test('errors, too many requests and latency meet calls, and nothing is charged by a refused one', async () => {
    await faults({ errorRate: 1 });
    expect((await charge('k1')).status).toBe(500);
    await faults({ tooManyRequests: true });
    const { status, headers }: { status: number; headers: Record<string, string> } = await charge('k1');
    expect([status, headers['retry-after']]).toEqual([429, '1']);
    expect(await ledger()).toMatchObject({ charges: [] });

    await faults({ latencyMs: 200 });
    let answered = false;
    const slow = charge('k1').then(() => (answered = true));
    expect((await request(simulator.url).get('/faults')).status).toBe(200);
    expect(answered).toBe(false);
    await slow;
  });

  test('down leaves only the faults and the ledger', async () => {
    await charge('k1');
    await faults({ down: true });
    expect((await charge('k1')).status).toBe(503);
    expect((await find('k1')).status).toBe(503);
    expect((await request(simulator.url).get('/pay/k1')).status).toBe(503);
    expect(await ledger()).toMatchObject({ captured: 50_000 });
    await faults({});
    expect((await find('k1')).status).toBe(200);
  });
});
