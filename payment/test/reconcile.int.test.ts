import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { openDatabase, type Database } from '@outerpark/chassis/postgres/database';
import { createTestDatabase } from '@outerpark/chassis/testing/database';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { DomainEvent } from '@outerpark/contracts/events';
import type { ProviderCharge, ProviderLedger } from '../src/clients/simulator-ledger';
import { migrations } from '../src/persistence/migrations';
import { reconcile } from '../src/reconcile';
import { reservation } from './payment-service';

// A store that was put back to before everything that its events and the provider's ledger tell.
const now = new Date();
let store: Database;
let drop: () => Promise<void>;
beforeEach(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  store = await openDatabase({ name: 'payment', url: database.url, poolSize: 2, migrations });
});
afterEach(async () => {
  await store.close();
  await drop();
});

const NOTHING: ProviderLedger = { charges: [], refunds: [] };
const charge = (reference: string, given: Partial<ProviderCharge> = {}): ProviderCharge => ({
  ...{ key: randomUUID(), status: 'approved', amount: 30_000, reference, createdAt: now.toISOString() },
  ...given,
});
const about = (id: string) => ({ reservationId: id, customerId: 'alice' });
const approved = (id: string, version = 1) =>
  messageOf({ type: 'PaymentApproved', data: { ...about(id), amount: 30_000 } }, { subject: id, version });
const mend = (messages: IncomingMessage[], ledger: ProviderLedger = NOTHING) =>
  store.transact((tx) =>
    reconcile(
      tx,
      messages.map((message, offset) => ({
        ...message,
        offset,
        topic: message.headers.ce_type!.startsWith('Payment') ? 'payment.events' : 'reservation.events',
      })),
      ledger,
      now,
    ),
  );
const ledgerLines = () => store.query<{ kind: string; amount: number }>('SELECT kind, amount FROM ledger ORDER BY id');

it('what was told as paid is paid again, under the key that the provider knows', async () => {
  const { id, reserved } = reservation();
  const paid = charge(id);
  const { mends, conflicts } = await mend([reserved(), approved(id)], { charges: [paid], refunds: [] });
  expect(conflicts).toEqual([]);
  expect(mends).toMatchObject({ payments: [id], charges: [`captured: 30000 KRW of ${id}, ${paid.key}`], refunds: [] });
  expect(await ledgerLines()).toEqual([{ kind: 'captured', amount: 30_000 }]);
  expect(await store.query('SELECT status, version FROM payment')).toEqual([{ status: 'approved', version: 1 }]);
});

it('a charge of which nothing was told is open again, and due', async () => {
  const { id, reserved } = reservation();
  const { conflicts } = await mend([reserved()], { charges: [charge(id)], refunds: [] });
  expect(conflicts).toEqual([]);
  expect(await ledgerLines()).toEqual([]);
  expect(
    await store.query('SELECT state, next_attempt_at <= now() AS due FROM attempt JOIN payment USING (reservation_id)'),
  ).toEqual([{ state: 'open', due: true }]);
});

it('a refund that the provider made is not made again', async () => {
  const { id, reserved } = reservation();
  const cancelled: DomainEvent = {
    type: 'PaymentCancelled',
    data: { ...about(id), refunded: 30_000, after: 'cancelled' },
  };
  const paid = charge(id);
  const refund = { key: randomUUID(), charge: paid.key, amount: 30_000, createdAt: now.toISOString() };
  const own = [approved(id), messageOf(cancelled, { subject: id, version: 2 })];
  const { conflicts } = await mend([reserved(), ...own], { charges: [paid], refunds: [refund] });
  expect(conflicts).toEqual([]);
  expect(await ledgerLines()).toEqual([
    { kind: 'captured', amount: 30_000 },
    { kind: 'refunded', amount: 30_000 },
  ]);
  expect((await mend([reserved(), ...own], { charges: [paid], refunds: [refund] })).mends).toEqual({
    ...{ events: [], payments: [], charges: [], refunds: [] },
  });
});

describe('people have to decide', () => {
  it('when a payment has events and nobody reserved', async () => {
    const id = randomUUID();
    expect((await mend([approved(id)])).conflicts).toEqual([`payment ${id}: there is no SeatsReserved of it`]);
  });

  it('when the provider has charged twice', async () => {
    const { id, reserved } = reservation();
    const { conflicts } = await mend([reserved(), approved(id)], { charges: [charge(id), charge(id)], refunds: [] });
    expect(conflicts).toContain(`payment ${id}: the provider has charged it more than once`);
  });

  it('when another charge was begun since the store was put back', async () => {
    const { id, reserved } = reservation();
    await mend([reserved(), approved(id)], { charges: [charge(id)], refunds: [] });
    const other = charge(id);
    expect((await mend([], { charges: [other], refunds: [] })).conflicts).toEqual([]);
    expect((await mend([reserved()], { charges: [other], refunds: [] })).conflicts).toEqual([
      `payment ${id}: has another charge than the provider's ${other.key}`,
    ]);
    expect(await ledgerLines()).toHaveLength(1);
  });

  it('when another event has taken the place of one that was told', async () => {
    const { id, reserved } = reservation();
    await mend([reserved(), approved(id)], { charges: [charge(id)], refunds: [] });
    const told = approved(id);
    expect((await mend([told])).conflicts).toEqual([
      `PaymentApproved ${told.headers.ce_id} of ${id}: the store has another event of that version`,
    ]);
  });
});
