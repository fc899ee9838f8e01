import { randomUUID } from 'node:crypto';
import { fileOf } from '@outerpark/mypage/dump';
import { eventually } from '@outerpark/chassis/testing/eventually';
import Libsql from 'libsql';
import { audit, type AuditOptions } from '../src/audit';
import { STORED, Unreadable } from '../src/system';
import { createStores, paymentIs, playStory, startServices, writeOutbox, type Stores } from './world';

jest.setTimeout(60_000);

const begun: { end(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { end } of begun.splice(0).reverse()) await end();
});

/** What is past its time is forgotten at once, as it would be after a week. */
const FORGETFUL = { RETENTION_EVERY_MS: '50', KEEP_OUTBOX_DAYS: '0', KEEP_INBOX_DAYS: '0', KEEP_KEYS_DAYS: '0' };

const running = async (stores: Stores, settings: Record<string, string> = {}) => {
  const services = await startServices(stores, settings);
  begun.push({ end: services.stop });
  return services;
};
const newStores = async () => {
  const stores = await createStores();
  begun.push(stores);
  return stores;
};
/** A story that came to its end, and nothing runs. */
async function told(): Promise<Stores> {
  const stores = await newStores();
  const services = await startServices(stores);
  try {
    await playStory(stores, services);
    expect(await audit(stores.system, { patienceMs: 20_000 })).toMatchObject({ ok: true });
  } finally {
    await services.stop();
  }
  return stores;
}
const rows = async (stores: Stores, table: string): Promise<number> => {
  const counts = await Promise.all(
    STORED.map((service) => stores.sql<{ count: number }>(service, `SELECT count(*)::int AS count FROM ${table}`)),
  );
  return counts.reduce((sum, [row]) => sum + row!.count, 0);
};
const check = ({ system }: Stores, options: AuditOptions = {}) =>
  audit(system, { patienceMs: 0, pause: () => Promise.resolve(), ...options });
const breachesOf = async (stores: Stores, options?: AuditOptions) =>
  (await check(stores, options)).findings.flatMap(({ breaches }) =>
    breaches.map((it) => it.replace(/ \(\S+@\d+\)/, '')),
  );

test('without being asked the audit writes nothing, and nothing is dropped', async () => {
  const stores = await told();
  expect((await check(stores)).checkpoints).toEqual([]);
  expect(await rows(stores, 'outbox_checkpoint')).toBe(0);
  const before = await rows(stores, 'outbox');
  await running(stores, FORGETFUL);
  await eventually(async () => expect(await rows(stores, 'inbox')).toBe(0));
  expect(await rows(stores, 'outbox')).toBe(before);
});

test('behind the checkpoint the outboxes are dropped, the audit passes as before, and so it does as life goes on', async () => {
  const stores = await told();
  const { ok, checkpoints } = await check(stores, { checkpoint: true });
  expect(ok).toBe(true);
  for (const { service, seq, asOf } of checkpoints) {
    const [last] = await stores.sql(service, `SELECT max(seq)::int AS seq FROM outbox`);
    const [written] = await stores.sql(service, `SELECT seq::int, as_of FROM outbox_checkpoint`);
    expect([last, written]).toEqual([{ seq }, { seq, as_of: new Date(asOf) }]);
  }
  expect(checkpoints.map(({ service }) => service).sort()).toEqual([...STORED].sort());

  const services = await running(stores, FORGETFUL);
  await eventually(async () => expect(await rows(stores, 'outbox')).toBe(0));
  await eventually(async () => expect(await rows(stores, 'inbox')).toBe(0));
  expect(await breachesOf(stores)).toEqual([]);

  const { id: musicalId } = await services.registerMusical({ name: 'Othello', reservableSeats: 9, price: 1_000 });
  const { id } = await services.reserve('erin', { musicalId, seats: 2 });
  await paymentIs(stores, id, 'approved');
  await services.cancel('erin', id);
  const again = await audit(stores.system, { patienceMs: 20_000, checkpoint: true });
  expect(again).toMatchObject({ ok: true });
  await eventually(async () => expect(await rows(stores, 'outbox')).toBe(0));
  expect(await audit(stores.system, { patienceMs: 20_000 })).toMatchObject({ ok: true });
});

describe('after rows were dropped', () => {
  const dropped = async (): Promise<Stores> => {
    const stores = await told();
    await check(stores, { checkpoint: true });
    const services = await startServices(stores, FORGETFUL);
    await eventually(async () => expect(await rows(stores, 'outbox')).toBe(0)).finally(services.stop);
    return stores;
  };

  test('what is younger and lost is found, and so is what nobody wrote', async () => {
    const stores = await dropped();
    const lost = await writeOutbox(stores, { type: 'MusicalRegistered' });
    const rogue = {
      ce_id: randomUUID(),
      ce_type: 'PaymentDeclined',
      ce_time: new Date(Date.now() + 5_000).toISOString(),
    };
    const body = JSON.stringify({ schemaVersion: 1, version: 1, data: {} });
    await stores.publish({ topic: 'payment.events', key: 'nobody', headers: rogue, value: body });

    const breaches = await breachesOf(stores);
    expect(breaches).toContain(`MusicalRegistered ${lost.id} of musical: written and marked as sent, and not in Kafka`);
    expect(breaches).toContain(`PaymentDeclined ${rogue.ce_id} of nobody: has no outbox row`);
  });

  test('a contact that was applied, dropped and then compacted away is not missed; any other event is', async () => {
    const stores = await dropped();
    const stray = (service: 'notification' | 'payment', age: string) =>
      stores.sql(service, `INSERT INTO inbox VALUES ($1, now() - $2::interval)`, [`${service} ${age}`, age]);
    await stray('notification', '1 hour');
    await stray('notification', '-1 hour');
    await stray('payment', '1 hour');
    expect((await breachesOf(stores)).filter((breach) => breach.includes('which is not in Kafka')).sort()).toEqual([
      'notification: has applied event notification -1 hour, which is not in Kafka',
      'payment: has applied event payment 1 hour, which is not in Kafka',
    ]);
  });
});

describe('a failing audit writes no checkpoint, so that nothing is dropped', () => {
  test.each<[string, (stores: Stores) => Promise<unknown>]>([
    [
      'an event that is marked as sent and is not in Kafka',
      (stores) => writeOutbox(stores, { type: 'MusicalRegistered' }),
    ],
    ['money', (stores) => stores.sql('reservation', `UPDATE reservation SET price = price + 1`)],
    [
      'a row of mypage',
      ({ system }) => {
        const file = new Libsql(fileOf(system.mypageDirs[0]!));
        file.exec(`UPDATE payment SET refunded = refunded + 1`);
        return Promise.resolve(file.close());
      },
    ],
  ])('%s', async (_, spoil) => {
    const stores = await told();
    await spoil(stores);
    await stores.sql('musical', `UPDATE outbox SET published_at = published_at - interval '1 year'`);
    const before = await rows(stores, 'outbox');
    expect(await check(stores, { checkpoint: true })).toMatchObject({ ok: false, checkpoints: [] });
    expect(await rows(stores, 'outbox_checkpoint')).toBe(0);
    await running(stores, FORGETFUL);
    await eventually(async () => expect(await rows(stores, 'inbox')).toBe(0));
    expect(await rows(stores, 'outbox')).toBeGreaterThanOrEqual(before);
  });
});

test('of two audits the later reading stays; where it may not write it says so', async () => {
  const stores = await told();
  await stores.sql('payment', `INSERT INTO outbox_checkpoint (seq, as_of) VALUES (1, now() + interval '1 hour')`);
  await check(stores, { checkpoint: true });
  expect(await stores.sql('payment', `SELECT seq::int FROM outbox_checkpoint`)).toEqual([{ seq: 1 }]);

  await stores.sql('payment', `ALTER TABLE outbox_checkpoint ADD CHECK (seq = 1)`);
  await stores.sql('payment', `UPDATE outbox_checkpoint SET as_of = 'epoch'`);
  const refused = await check(stores, { checkpoint: true }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Unreadable);
  expect((refused as Error).message).toMatch(/^The checkpoint of payment could not be written: /);
});
