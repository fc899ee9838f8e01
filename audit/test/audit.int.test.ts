import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { audit, type Report } from '../src/audit';
import { printed } from '../src/print';
import { STORED, Unreadable, type AuditedSystem } from '../src/system';
import { createStores, paymentIs, playStory, startServices, type Stores } from './world';

jest.setTimeout(60_000);

const begun: { end(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { end } of begun.splice(0).reverse()) await end();
});

async function newStores(): Promise<Stores> {
  const stores = await createStores();
  begun.push(stores);
  return stores;
}

async function newServices(stores: Stores, settings?: Record<string, string>) {
  const services = await startServices(stores, settings);
  begun.push({ end: services.stop });
  return services;
}

test('a consistent world passes while customers come and go', async () => {
  const stores = await newStores();
  const { reserve, cancel, ...services } = await newServices(stores);
  const { hamlet } = await playStory(stores, { reserve, cancel, ...services });
  let over = false;
  const rush = Array.from({ length: 4 }, async (_, n) => {
    while (!over) {
      const { id } = await reserve(`customer-${n}`, { musicalId: hamlet.id, seats: 1 });
      await cancel(`customer-${n}`, id);
    }
  });
  const report = await audit(stores.system, { patienceMs: 20_000 });
  over = true;
  await Promise.all(rush);

  expect(report).toMatchObject({ ok: true });
  const [seats, , , , delivery, view] = report.findings.map(({ checked }) => checked);
  expect(seats).toMatchObject({ grades: 3, seats: 80 });
  expect(delivery).toMatchObject({ consumers: 5, 'dead letters': 0 });
  expect(delivery!.messages).toBeGreaterThan(40);
  expect(view).toMatchObject({ replicas: 1 });
  const lines = printed(report).split('\n');
  expect(lines.filter((line) => /^✓ I\d /.test(line))).toHaveLength(7);
  expect(lines.at(-1)).toMatch(/^All invariants hold\. (One reading|\d+ readings), \d+\.\d s\.$/);
});

test("without mypage's folders I6 is not looked at, which is said, and the rest counts as ever", async () => {
  const stores = await newStores();
  const services = await newServices(stores);
  await playStory(stores, services);
  const system = { ...stores.system, mypageDirs: [] };
  const report = await audit(system, { checkpoint: true, patienceMs: 20_000 });
  expect(report).toMatchObject({ ok: true });
  expect(report.checkpoints.map(({ service }) => service).sort()).toEqual([...STORED].sort());
  const lines = printed(report).split('\n');
  expect(lines.filter((line) => /^✓ I\d /.test(line))).toHaveLength(6);
  expect(lines).toContain('- I6  mypage is the fold of the events: not looked at, MYPAGE_DATA_DIRS names no folder');
  expect(lines.at(-1)).toMatch(/^All invariants hold that were looked at\./);

  await stores.sql('payment', `INSERT INTO inbox VALUES ($1, now())`, [randomUUID()]);
  const broken = await audit(system, { pause: () => Promise.resolve(), patienceMs: 0 });
  expect(broken.ok).toBe(false);
});

test('what is only under way is no breach', async () => {
  const stores = await newStores();
  // Nothing is sent or applied yet: the customer has an answer, and everything else is still to come.
  const serving = await startServices(stores, { ROLES: 'http' });
  const { id: musicalId } = await serving.registerMusical({ name: 'Hamlet', reservableSeats: 50, price: 40_000 });
  const { id } = await serving.reserve('alice', { musicalId, seats: 10 });
  await serving.stop();

  let suspected = 0;
  const pause = async () => {
    if (suspected++ > 0) return;
    await newServices(stores);
    await paymentIs(stores, id, 'approved');
  };
  const report = await audit(stores.system, { pause });
  expect(suspected).toBeGreaterThan(0);
  expect(report).toMatchObject({ ok: true });
});

test('what is wrong only once is no breach, even when something else is wrong the second time', async () => {
  const stores = await newStores();
  const services = await newServices(stores);
  const ids = [randomUUID(), randomUUID()];
  const wrong = (id: string) => stores.sql('payment', `INSERT INTO inbox VALUES ($1, now())`, [id]);
  const right = (id: string) => stores.sql('payment', `DELETE FROM inbox WHERE event_id = $1`, [id]);
  await services.registerMusical({ name: 'Hamlet', reservableSeats: 50, price: 40_000 });

  await wrong(ids[0]!);
  const pause = async () => {
    await right(ids[0]!);
    await wrong(ids[1]!);
  };
  expect(await audit(stores.system, { pause })).toMatchObject({ ok: true });
  const { findings, ok } = await audit(stores.system, { pause: () => Promise.resolve(), patienceMs: 0 });
  expect(ok).toBe(false);
  expect(findings.flatMap(({ breaches }) => breaches)).toEqual([
    `payment: has applied event ${ids[1]}, which is not in Kafka`,
  ]);
});

describe('what cannot be read is told in one sentence', () => {
  const nowhere = '127.0.0.1:1';

  test.each<[string, RegExp, (stores: Stores) => Promise<unknown>]>([
    [
      'a database',
      /^The payment database could not be read: connect ECONNREFUSED/,
      ({ system }) => {
        const databases = { ...system.databases, payment: `postgres://somebody:secret@${nowhere}/payment` };
        return audit({ ...system, databases });
      },
    ],
    [
      'Kafka',
      /^Kafka at 127\.0\.0\.1:1 could not be read: /,
      ({ system }) => audit({ ...system, kafka: { ...system.kafka, brokers: [nowhere] } }),
    ],
    [
      'the provider',
      /^The ledger of the payment provider at http:\/\/127\.0\.0\.1:1 could not be read: /,
      ({ system }) => audit({ ...system, providerUrl: `http://${nowhere}` }),
    ],
    [
      'a file of mypage',
      /^The file of mypage .* could not be read: there is none/,
      async ({ system }) => {
        await rm(system.mypageDirs[0]!, { recursive: true });
        return audit(system);
      },
    ],
  ])('%s', async (_, sentence, read) => {
    const stores = await newStores();
    await (await startServices(stores, { ROLES: 'http' })).stop();
    const error = await read(stores).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unreadable);
    expect((error as Error).message).toMatch(sentence);
    expect((error as Error).message).not.toContain('secret');
  });
});

/** `npm run audit`, as it was built. */
const program = ({ databases, kafka, mypageDirs, providerUrl }: AuditedSystem, ...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = {
      OUTERPARK_HOME: '/nowhere',
      MUSICAL_DATABASE_URL: databases.musical,
      RESERVATION_DATABASE_URL: databases.reservation,
      PAYMENT_DATABASE_URL: databases.payment,
      NOTIFICATION_DATABASE_URL: databases.notification,
      KAFKA_BROKERS: kafka.brokers.join(','),
      TOPIC_PREFIX: kafka.topicPrefix,
      PAYMENT_PROVIDER_URL: providerUrl,
      MYPAGE_DATA_DIRS: mypageDirs.join(','),
    };
    const main = join(__dirname, '../dist/main.js');
    execFile(process.execPath, [main, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

test('the program tells by its exit code, prints the first twenty, and all as JSON', async () => {
  const stores = await newStores();
  await (await startServices(stores)).stop();
  expect(await program(stores.system)).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('All invariants'),
  });

  expect(await stores.sql('musical', 'SELECT seq FROM outbox_checkpoint')).toEqual([]);
  const told = await program(stores.system, '--checkpoint');
  expect(told).toMatchObject({ code: 0, out: expect.stringMatching(/^Outboxes need not be kept up to .*musical 0/m) });
  expect(await stores.sql('musical', 'SELECT seq::int FROM outbox_checkpoint')).toEqual([{ seq: 0 }]);

  await stores.sql('payment', `INSERT INTO inbox SELECT 'stray ' || n, now() FROM generate_series(1, 25) n`);
  const { code, out } = await program(stores.system);
  expect(code).toBe(1);
  expect(out.match(/^ {6}✗ payment: has applied event stray/gm)).toHaveLength(20);
  expect(out).toMatch(/^ {6}✗ and 5 more$/m);
  expect(out).toMatch(/^Broken: I5\. 2 readings/m);

  const json = await program(stores.system, '--json', '--patience', '0');
  expect(json.code).toBe(1);
  expect((JSON.parse(json.out) as Report).findings[4]!.breaches).toHaveLength(25);

  const nowhere = { ...stores.system, providerUrl: 'http://127.0.0.1:1' };
  expect(await program(nowhere)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^The ledger .*\n$/) });
  expect(await program(stores.system, '--patience', 'long')).toMatchObject({ code: 2, out: '' });
});
