import { randomUUID } from 'node:crypto';
import { createLogger } from '@outerpark/chassis/logger';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import { createMetrics } from '@outerpark/chassis/metrics';
import { openDatabase } from '@outerpark/chassis/postgres/database';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { connectSimulator } from '../src/clients/simulator';
import { migrations } from '../src/persistence/migrations';
import { createClaimSteps, type Claim } from '../src/use-cases/claim-steps';
import { createSettleWaiting } from '../src/use-cases/settle-waiting';
import { createTakeStep } from '../src/use-cases/take-step';
import { policy } from './given';
import { reservation, startTestPayment, type TestPayment } from './payment-service';

const charged = { captured: 30_000, refunded: 0 };
const givenBack = { captured: 30_000, refunded: 30_000 };

let payment: TestPayment;
let frozen: Awaited<ReturnType<typeof slowWorker>>;
afterEach(() => payment.stop());

/**
 * A worker that does nothing by itself: the test says when it claims, and what time it is for it. Its calls stand still on their way
 * to the provider until they are let go.
 */
async function slowWorker() {
  const store = await openDatabase({ url: payment.databaseUrl, name: 'slow', poolSize: 2, migrations });
  const provider = connectSimulator({
    url: payment.providerUrl,
    timeoutMs: 1_000,
    breakerVolume: 10,
    breakerResetMs: 300,
    metrics: createMetrics('slow'),
  });
  const settledSteps: string[] = [];
  const underWay: string[] = [];
  let letGo: () => void = () => undefined;
  const standstill = new Promise<void>((resolve) => (letGo = resolve));
  const held =
    <Request, Answer>(name: string, call: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      underWay.push(name);
      await standstill;
      return call(request);
    };
  let late = 0;
  const steps = {
    store,
    provider: {
      ...provider,
      charge: held('charge', provider.charge),
      cancel: held('cancel', provider.cancel),
      refund: held('refund', provider.refund),
    },
    policy,
    pace: { fallBack: () => undefined },
    forecast: () => null,
    outbox: createOutbox({ source: 'outerpark/payment', wake: () => undefined }),
    leaseMs: 30_000,
    now: () => new Date(Date.now() + late),
    logger: createLogger('payment', 'silent'),
    count: (step: string) => settledSteps.push(step),
  };
  const claimSteps = createClaimSteps(steps);
  const claimDue = async (atMost: number): Promise<Claim[]> => {
    const claims: Claim[] = [];
    await claimSteps(atMost, (claim) => claims.push(claim));
    return claims;
  };
  return {
    settledSteps,
    underWay,
    letGo,
    passTime: (ms: number) => (late = ms),
    claimDue,
    claim: () =>
      eventually(async () => {
        const [claim] = await claimDue(1);
        expect(claim).toMatchObject({ lease: expect.any(String) as string });
        return claim!;
      }),
    take: createTakeStep(steps),
    settleWaiting: createSettleWaiting(steps),
    stop: async () => {
      await provider.close();
      await store.close();
    },
  };
}

/** As if the lease's 30 seconds had passed. */
const leaseRunsOut = (id: string) =>
  payment.query(`UPDATE payment SET lease_until = now() - interval '1 second' WHERE reservation_id = $1`, [id]);

/** The worker's call is under way, and its lease is over. Gives what lets it go on to its end. */
async function freezesAskingFor(id: string, claim: Claim, worker = frozen): Promise<() => Promise<void>> {
  const step = worker.take(claim);
  await eventually(() => expect(worker.underWay).toHaveLength(1));
  await leaseRunsOut(id);
  return () => {
    worker.letGo();
    return step;
  };
}

it('race over the same payments: each is charged once, and said once', async () => {
  payment = await startTestPayment();
  await payment.start();
  await payment.setFaults({ latencyMs: 20 });
  const all = Array.from({ length: 60 }, () => reservation());
  await payment.feed(...all.map(({ reserved }) => reserved()));
  for (const { id } of all) await payment.expectStory(id, ['PaymentApproved'], charged);
  expect(await payment.query('SELECT 1 FROM attempt')).toHaveLength(60);
});

describe('a worker that froze with a claim, while another took over', () => {
  beforeEach(async () => {
    payment = await startTestPayment({ ROLES: 'http,consumer,relay' });
    frozen = await slowWorker();
  });
  afterEach(() => frozen.stop());

  it('charges and says nothing when it thaws after the payment', async () => {
    const { id, reserved } = reservation();
    await payment.feed(reserved());
    const claim = await frozen.claim();
    const thawing = await freezesAskingFor(id, claim);
    await payment.start({ ROLES: 'worker' });
    await payment.expectStory(id, ['PaymentApproved'], charged);

    await thawing();
    expect(frozen.settledSteps).toEqual([]);
    await payment.expectStory(id, ['PaymentApproved'], charged);
    expect((await payment.ledger(id)).charges).toHaveLength(1);
  });

  it('charges nothing when it thaws after the cancellation', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    const claim = await frozen.claim();
    await payment.feed(cancelled(2));
    const thawing = await freezesAskingFor(id, claim);
    await payment.start({ ROLES: 'worker' });
    await payment.expectStory(id, ['PaymentCancelled']);

    await thawing();
    expect(frozen.settledSteps).toEqual([]);
    await payment.expectStory(id, ['PaymentCancelled']);
  });

  it('charges nothing when it thaws after the refund', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    const thawing = await freezesAskingFor(id, await frozen.claim());
    await payment.start({ ROLES: 'worker' });
    await payment.expectStory(id, ['PaymentApproved'], charged);
    await payment.feed(cancelled(2));
    await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled'], givenBack);

    await thawing();
    expect(frozen.settledSteps).toEqual([]);
    await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled'], givenBack);
    const { charges, refunds } = await payment.ledger(id);
    expect([charges.length, refunds.length]).toEqual([1, 1]);
  });

  it('refunds once when it froze while it refunded', async () => {
    const { id, reserved, cancelled } = reservation();
    await payment.feed(reserved());
    frozen.letGo();
    await frozen.take(await frozen.claim());
    await payment.expectStory(id, ['PaymentApproved'], charged);
    const other = await slowWorker();
    await payment.feed(cancelled(2));
    const thawing = await freezesAskingFor(id, await other.claim(), other);
    await payment.start({ ROLES: 'worker' });
    await payment.expectStory(id, ['PaymentApproved', 'PaymentCancelled'], givenBack);

    await thawing();
    expect(other.settledSteps).toEqual([]);
    expect((await payment.ledger(id)).refunds).toHaveLength(1);
    await other.stop();
  });

  it('does not even ask when its lease is over before it could', async () => {
    const { id, reserved } = reservation();
    await payment.feed(reserved());
    const claim = await frozen.claim();
    frozen.letGo();
    frozen.passTime(30_000);
    await frozen.take(claim);
    expect([frozen.underWay, frozen.settledSteps]).toEqual([[], []]);
    expect((await payment.ledger(id)).charges).toEqual([]);
  });

  it('is the one whose answer counts, as long as nobody has taken over', async () => {
    const { id, reserved } = reservation();
    await payment.feed(reserved());
    const thawing = await freezesAskingFor(id, await frozen.claim());
    await thawing();
    expect(frozen.settledSteps).toEqual(['charge']);
    await payment.expectStory(id, ['PaymentApproved'], charged);
  });
});

/** Without a customer no event about it keeps its contract. */
const insertOneThatCannotGoOn = async (): Promise<string> => {
  const id = randomUUID();
  await payment.query(
    `INSERT INTO payment (reservation_id, customer_id, price, ended, reservation_version, version, status, tries_wanted, asked_at,
       deadline, starts_at, created_at, next_attempt_at, failures, updated_at, correlation_id, traceparent)
     VALUES ($1, '', 1, 'cancelled', 1, 0, 'requested', 1, now(), now(), now(), now(), '2020-01-01', 0, now(), '', '')`,
    [id],
  );
  return id;
};

const expectPutOff = async (id: string): Promise<void> => {
  const [row] = await payment.query<{ error: string; later: boolean }>(
    'SELECT last_error AS error, next_attempt_at > now() AS later FROM payment WHERE reservation_id = $1',
    [id],
  );
  expect(row).toEqual({ error: expect.stringContaining('customerId') as string, later: true });
};

it('a payment that cannot go on does not hold up the others', async () => {
  payment = await startTestPayment();
  const stuck = await insertOneThatCannotGoOn();
  const { id, reserved } = reservation();
  await payment.feed(reserved());
  await payment.expectStory(id, ['PaymentApproved'], charged);
  await expectPutOff(stuck);
});

describe('many payments that are due together', () => {
  const all = Array.from({ length: 12 }, () => reservation());
  const ids = all.map(({ id }) => id);
  let worker: Awaited<ReturnType<typeof slowWorker>>;
  beforeEach(async () => {
    payment = await startTestPayment({ ROLES: 'http,consumer,relay' });
    worker = await slowWorker();
    worker.letGo();
  });
  afterEach(() => worker.stop());
  /** Due one after the other. */
  const feedAll = async (given = all) => {
    await payment.feed(...given.map(({ id, reserved }) => reserved({ correlationid: id })));
    await payment.query(
      `UPDATE payment SET next_attempt_at = now() - make_interval(secs => 20 - array_position($1::uuid[], reservation_id))
       WHERE reservation_id = ANY($1)`,
      [given.map(({ id }) => id)],
    );
  };
  const attempts = () =>
    payment.query<{ id: string; xmin: string; state: string }>(
      'SELECT reservation_id AS id, xmin::text, state FROM attempt ORDER BY created_at',
    );

  it('are claimed in one transaction, each with its own attempt, lease and context, before anybody is asked', async () => {
    await feedAll();
    const claims = await worker.claimDue(50);
    expect(claims.map(({ reservationId }) => reservationId)).toEqual(ids);
    expect(claims.map(({ context }) => context.correlationId)).toEqual(ids);
    expect(new Set(claims.map(({ lease }) => lease)).size).toBe(12);
    const begun = await attempts();
    expect(begun.map(({ id, state }) => [id, state])).toEqual(expect.arrayContaining(ids.map((id) => [id, 'open'])));
    expect([begun.length, new Set(begun.map(({ xmin }) => xmin)).size]).toEqual([12, 1]);
    expect(await worker.claimDue(50)).toEqual([]);
    for (const { id } of all) expect((await payment.ledger(id)).charges).toEqual([]);
  });

  it('are claimed no more of than may be asked about, those that have been due for longest', async () => {
    await feedAll();
    expect((await worker.claimDue(5)).map(({ reservationId }) => reservationId)).toEqual(ids.slice(0, 5));
    expect((await worker.claimDue(50)).map(({ reservationId }) => reservationId)).toEqual(ids.slice(5));
  });

  it('are settled together, and each is said once, for its own request', async () => {
    const free = reservation({ price: 0 });
    await feedAll([free, ...all]);
    await Promise.all((await worker.claimDue(50)).map(worker.take));
    for (const { id } of all) await payment.expectStory(id, ['PaymentApproved'], charged);
    await payment.expectStory(free.id, ['PaymentApproved']);
    for (const { id } of [free, ...all]) expect(payment.said(id)[0]).toMatchObject({ version: 1, correlationId: id });
    expect(new Set((await attempts()).map(({ xmin }) => xmin)).size).toBeLessThan(12);
    expect(await payment.query('SELECT 1 FROM payment WHERE lease IS NOT NULL OR next_attempt_at IS NOT NULL')).toEqual(
      [],
    );
    expect(await payment.query('SELECT 1 FROM ledger')).toHaveLength(12);
  });

  it('go on without the one that cannot, which is put off', async () => {
    const stuck = await insertOneThatCannotGoOn();
    await feedAll();
    const claims = await worker.claimDue(50);
    expect(claims.map(({ reservationId }) => reservationId)).toEqual(ids);
    await expectPutOff(stuck);
    await Promise.all(claims.map(worker.take));
    for (const { id } of all) await payment.expectStory(id, ['PaymentApproved'], charged);
  });

  it('are settled but for the one whose lease was lost, and the one that cannot be', async () => {
    const [lost, broken] = [ids[4]!, ids[7]!];
    await feedAll();
    const claims = await worker.claimDue(50);
    const token = randomUUID();
    await payment.query('UPDATE payment SET lease = $2 WHERE reservation_id = $1', [lost, token]);
    // As if its money had been entered by another.
    await payment.query(
      `INSERT INTO ledger (reservation_id, attempt_id, kind, amount, at)
       SELECT reservation_id, id, 'captured', 30000, now() FROM attempt WHERE reservation_id = $1`,
      [broken],
    );
    const taken = await Promise.allSettled(claims.map(worker.take));
    expect(taken.map(({ status }) => status)).toEqual(ids.map((id) => (id === broken ? 'rejected' : 'fulfilled')));
    for (const id of ids.filter((one) => one !== lost && one !== broken)) {
      await payment.expectStory(id, ['PaymentApproved'], charged);
    }
    expect(worker.settledSteps).toHaveLength(10);
    for (const id of [lost, broken]) expect(payment.said(id)).toEqual([]);
    expect(await payment.query('SELECT lease, status FROM payment WHERE reservation_id = $1', [lost])).toEqual([
      { lease: token, status: 'requested' },
    ]);
    expect(
      (await attempts())
        .filter(({ state }) => state === 'open')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([lost, broken].sort());
  });
});

describe('those that have waited for the provider’s turn for too long', () => {
  const all = Array.from({ length: 60 }, () => reservation());
  let worker: Awaited<ReturnType<typeof slowWorker>>;
  beforeEach(async () => {
    payment = await startTestPayment({ ROLES: 'http,consumer,relay' });
    worker = await slowWorker();
    await payment.feed(...all.map(({ id, reserved }) => reserved({ correlationid: id })));
    await eventually(async () => expect(await payment.query('SELECT 1 FROM payment')).toHaveLength(60));
  });
  afterEach(() => worker.stop());

  const expectAllDeferred = async (): Promise<void> => {
    for (const { id } of all) await payment.expectStory(id, ['PaymentDeferred']);
    for (const { id } of all) expect(payment.said(id)[0]).toMatchObject({ version: 1, correlationId: id });
  };

  it('are deferred in one transaction, each under its own correlation id', async () => {
    expect(await worker.settleWaiting(30_000)).toBe(0);
    worker.passTime(31_000);
    expect(await worker.settleWaiting(30_000)).toBe(60);
    await expectAllDeferred();
    expect(await payment.query('SELECT DISTINCT xmin::text FROM payment')).toHaveLength(1);
  });

  it('are deferred at once when their deadline is over', async () => {
    const [first, second] = [all[0]!, all[1]!];
    await payment.query(`UPDATE payment SET deadline = now() WHERE reservation_id = ANY($1)`, [[first.id, second.id]]);
    await payment.query(
      `INSERT INTO attempt (id, reservation_id, kind, amount, state, created_at)
       VALUES (gen_random_uuid(), $1, 'charge', 30000, 'open', now())`,
      [second.id],
    );
    expect(await worker.settleWaiting(30_000)).toBe(1);
    await payment.expectStory(first.id, ['PaymentDeferred']);
    await payment.expectStory(second.id, []);
  });

  it('are deferred even beside one that cannot go on', async () => {
    const stuck = await insertOneThatCannotGoOn();
    worker.passTime(31_000);
    expect(await worker.settleWaiting(30_000)).toBe(61);
    await expectAllDeferred();
    await expectPutOff(stuck);
  });
});
