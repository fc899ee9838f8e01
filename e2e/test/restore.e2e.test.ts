import { audit } from '@outerpark/audit/audit';
import { printed } from '@outerpark/audit/print';
import { STORED, type AuditedSystem, type Stored } from '@outerpark/audit/system';
import { takeSnapshot, type Snapshot } from '@outerpark/chassis/testing/database';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { reconcile } from '@outerpark/ops/reconcile/reconcile';
import type { Customer } from './customer';
import { startSystem, type System } from './system';

// PostgreSQL is put back to an earlier time under running services, behind a Kafka and a provider that went on.
let system: System;
let admin: Customer;
let alice: Customer;
let snapshots = new Map<Stored, Snapshot>();

beforeAll(async () => {
  system = await startSystem();
  [admin, alice] = [await system.admin(), await system.customer('alice')];
}, 60_000);
afterAll(() => system.shutDown(), 60_000);
afterEach(async () => {
  for (const snapshot of snapshots.values()) await snapshot.drop();
});

const audited = (): AuditedSystem => ({
  databases: system.databases,
  kafka: { brokers: system.brokers, topicPrefix: system.topicPrefix },
  mypageDirs: [system.mypageDir],
  providerUrl: system.simulatorUrl,
});
const ledgerOf = async (reservationId: string) =>
  (await (await fetch(`${system.simulatorUrl}/ledger?reference=${reservationId}`)).json()) as {
    captured: number;
    refunded: number;
  };
const mails = async () => ((await (await fetch(`${system.inboxUrl}/email`)).json()) as unknown[]).length;
const confirmed = (id: string) =>
  alice.sees(id, ({ status, notifications }) => status === 'confirmed' && told(notifications, 'confirmed'));
const gone = (id: string) =>
  alice.sees(id, ({ status, notifications }) => status === 'cancelled' && told(notifications, 'refunded'));
const told = (notices: { kind: string }[], wanted: string) => notices.some(({ kind }) => kind === wanted);

/** As an administrator takes a backup, while nobody writes. */
async function snapshotAll(): Promise<void> {
  await Promise.all(STORED.map(system.stop));
  snapshots = new Map();
  for (const service of STORED) snapshots.set(service, await takeSnapshot(system.databases[service]));
  await Promise.all(STORED.map(system.start));
}

/** Something of every kind: before the backup, changed after it, and after it only. */
async function story() {
  const musical = await admin.registers('Restored', 20);
  const [kept, cancelled] = [await alice.reserves(musical.id, 2), await alice.reserves(musical.id, 3)];
  await Promise.all([kept, cancelled].map(({ id }) => confirmed(id)));
  await snapshotAll();

  const later = await admin.registers('Registered later', 5);
  await alice.call('DELETE', `/api/reservations/${cancelled.id}`);
  const fresh = await alice.reserves(musical.id, 4);
  const brief = await alice.reserves(later.id, 1);
  await Promise.all([fresh, brief].map(({ id }) => confirmed(id)));
  await alice.call('DELETE', `/api/reservations/${brief.id}`);
  await Promise.all([cancelled, brief].map(({ id }) => gone(id)));
  await system.faults({ requireAction: true });
  const unpaid = await alice.reserves(musical.id, 1);
  const { payment } = await alice.sees(unpaid.id, ({ notifications }) => told(notifications, 'action_required'));
  await system.faults();
  return { musical, later, kept, cancelled, fresh, brief, unpaid, page: payment.url! };
}

async function tellsTheTruth({
  musical,
  later,
  kept,
  cancelled,
  fresh,
  brief,
  unpaid,
  page,
}: Awaited<ReturnType<typeof story>>) {
  expect(await ledgerOf(fresh.id)).toMatchObject({ captured: 40_000, refunded: 0 });
  for (const { id, price } of [cancelled, brief]) {
    expect(await ledgerOf(id)).toMatchObject({ captured: price, refunded: price });
  }
  // The sagas go on: what was under way ends, what stands can be cancelled, and the seats add up.
  await fetch(page, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
  await confirmed(unpaid.id);
  await eventually(async () => expect((await alice.call('DELETE', `/api/reservations/${kept.id}`)).status).toBe(200));
  await gone(kept.id);
  await eventually(async () => expect(await alice.freeSeats(musical.id)).toBe(15));
  await eventually(async () => expect(await alice.freeSeats(later.id)).toBe(5));
  const report = await audit(audited(), { patienceMs: 15_000 });
  expect(printed(report)).toContain('All invariants hold');
}

test('all four stores are put back: writes are off until they are reconciled, and then nothing is missing', async () => {
  const before = await story();
  for (const snapshot of snapshots.values()) await snapshot.putBack();
  const sent = await mails();

  await eventually(async () => {
    const answer = await alice.call('POST', '/api/reservations', { musicalId: before.musical.id, seats: 1 });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('put back') });
  });
  expect((await alice.call('GET', `/api/reservations/${before.kept.id}`)).status).toBe(200);

  const plan = await reconcile(audited(), false);
  for (const { service, conflicts, applied, mends } of plan) {
    expect({ service, conflicts, applied }).toEqual({ service, conflicts: [], applied: false });
    expect(Object.values(mends).flat()).not.toEqual([]);
  }
  for (const { applied } of await reconcile(audited(), true)) expect(applied).toBe(true);
  await tellsTheTruth(before);
  // One for the reservation that was paid at last, one for the refund of the one that was cancelled at last.
  expect(await mails()).toBe(sent + 2);
}, 120_000);

test.each(STORED)(
  'only %s is put back',
  async (service) => {
    const before = await story();
    await snapshots.get(service)!.putBack();
    await eventually(async () => {
      const plan = await reconcile(audited(), true);
      expect(plan.find((one) => one.service === service)).toMatchObject({ applied: true, conflicts: [] });
    });
    await tellsTheTruth(before);
  },
  120_000,
);
