import type { DomainEvent } from '@outerpark/contracts/events';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { createOutbox } from '@outerpark/chassis/messaging/outbox';
import type { Identity } from '@outerpark/chassis/http/auth';
import type { Tx } from '@outerpark/chassis/postgres/store';
import { messageOf } from '@outerpark/chassis/testing/messages';
import { randomUUID } from 'node:crypto';
import { lockReservation } from '../src/persistence/reservations';
import { createCancelReservation, createConfirmPaid } from '../src/use-cases/change-reservation';
import { createExpireReservations } from '../src/use-cases/expire-reservations';
import { musicalId, startReservationService, type ReservationService } from './reservation-service';
import { openDeadLetters } from '@outerpark/chassis/testing/dead-letters';

let service: ReservationService;
let alice: string;
let bob: string;
let admin: string;

const WINDOW_MS = 60_000;

beforeAll(async () => {
  service = await startReservationService({ PAYMENT_WINDOW_MS: String(WINDOW_MS), MUSICAL_TIMEOUT_MS: '10000' });
  [alice, bob] = [await service.token('alice'), await service.token('bob')];
  admin = await service.token('boss', ['admin']);
});
afterAll(() => service.stop());
beforeEach(() => service.store.query('TRUNCATE consumer_offset, dead_letter'));

interface Reservation {
  id: string;
  status: string;
  paymentDeadline: string;
  version: number;
}
const reserve = async (): Promise<Reservation> =>
  (await service.api.post('/api/reservations').set('authorization', alice).send({ musicalId, seats: 1 }).expect(201))
    .body as Reservation;
const find = async (id: string): Promise<Reservation> =>
  (await service.api.get(`/api/reservations/${id}`).set('authorization', alice)).body as Reservation;
const cancel = (id: string, token = alice) => service.api.delete(`/api/reservations/${id}`).set('authorization', token);
const pay = (id: string, token = alice) =>
  service.api.post(`/api/reservations/${id}/payment`).set('authorization', token);
const types = async (id: string) => (await service.published(id)).map(({ type }) => type);

const approved = (reservationId: string): DomainEvent => ({
  type: 'PaymentApproved',
  data: { reservationId, customerId: 'alice', amount: 10_000 },
});
const deferred = (reservationId: string, until: Date): DomainEvent => ({
  type: 'PaymentDeferred',
  data: { reservationId, customerId: 'alice', paymentDeadline: until.toISOString() },
});
const paymentCancelled = (reservationId: string): DomainEvent => ({
  type: 'PaymentCancelled',
  data: { reservationId, customerId: 'alice', refunded: 0, after: 'cancelled' },
});
const seatsReleased = (reservationId: string): DomainEvent => ({
  type: 'SeatsReleased',
  data: { reservationId, performanceId: randomUUID(), lines: [] },
});
const from = (reservationId: string, event: DomainEvent, version = 1) =>
  messageOf(event, { subject: reservationId, version });

describe('cancelling', () => {
  test('ends it, and again does nothing', async () => {
    const { id } = await reserve();
    expect((await cancel(id)).body).toMatchObject({ id, status: 'cancelled', version: 2 });
    expect((await cancel(id)).body).toMatchObject({ id, status: 'cancelled', version: 2 });
    expect(await service.published(id)).toMatchObject([
      { type: 'SeatsReserved' },
      { type: 'ReservationCancelled', version: 2, data: { by: 'customer', price: 10_000 } },
    ]);
  });

  test('twenty times at once makes one event', async () => {
    const { id } = await reserve();
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await types(id)).toEqual(['SeatsReserved', 'ReservationCancelled']);
  });

  test('is possible after the confirmation, and for an admin', async () => {
    const { id } = await reserve();
    await service.feed(from(id, approved(id)));
    expect((await cancel(id, admin)).body).toMatchObject({ status: 'cancelled', version: 3 });
    expect((await service.published(id)).at(-1)).toMatchObject({ type: 'ReservationCancelled', data: { by: 'admin' } });
  });

  test('is nobody else’s business', async () => {
    const { id } = await reserve();
    await cancel(id, bob).expect(404);
    await cancel(randomUUID()).expect(404);
    expect((await find(id)).status).toBe('awaiting_payment');
  });
});

test('an event is no older than the one before it, however long its request has waited', async () => {
  const { id } = await reserve();
  let time = new Date(Date.now() + 60_000);
  const now = () => time;
  const outbox = createOutbox({ source: 'outerpark/reservation', wake: () => undefined });
  const alice: Identity = { customerId: 'alice', roles: ['customer'], locale: 'ko', token: '' };
  let cancelled: Promise<unknown> | undefined;
  await service.store.transact(async (tx) => {
    await lockReservation(tx, id);
    cancelled = createCancelReservation(service.store, outbox, now)(id, alice);
    await eventually(async () => {
      const waiting = await service.store.query(`SELECT 1 FROM pg_locks WHERE NOT granted`);
      expect(waiting).toHaveLength(1);
    });
    time = new Date(time.getTime() + 10_000);
    createConfirmPaid(outbox, now)(tx, id);
  });
  await cancelled;
  const times = await service.store.query<{ time: string }>(
    `SELECT headers ->> 'ce_time' AS time FROM outbox WHERE subject = $1 ORDER BY version`,
    [id],
  );
  const [, confirmed, ended] = times.map((row) => row.time);
  expect(ended! >= confirmed!).toBe(true);
});

describe('asking to pay again', () => {
  test('under a key is one event, however often', async () => {
    const { id } = await reserve();
    const key = randomUUID();
    const first = await pay(id).set('idempotency-key', key);
    const again = await pay(id).set('idempotency-key', key);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(await types(id)).toEqual(['SeatsReserved', 'PaymentRequested']);
  });

  test('is refused once the deadline is over, though nothing has expired yet', async () => {
    const { id } = await reserve();
    await service.store.query(`UPDATE reservation SET payment_deadline = now() WHERE id = $1`, [id]);
    await pay(id).expect(409);
  });

  test('is answered while payment may be down: 202 and an event', async () => {
    const { id } = await reserve();
    const { status, body } = await pay(id);
    expect([status, (body as Reservation).version]).toEqual([202, 2]);
    expect(await types(id)).toEqual(['SeatsReserved', 'PaymentRequested']);
  });

  test('is refused when there is nothing to pay, and to everybody else', async () => {
    const { id } = await reserve();
    await pay(id, bob).expect(404);
    await pay(id, admin).expect(403);
    await cancel(id);
    const refused = await pay(id);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      type: 'urn:outerpark:problem:payment-not-open',
      reservationStatus: 'cancelled',
    });
  });
});

describe("payment's and musical's events", () => {
  test('an approval confirms, once however often it comes', async () => {
    const { id } = await reserve();
    const message = from(id, approved(id));
    await service.feed(message, message, from(id, approved(id), 2));
    expect(await find(id)).toMatchObject({ status: 'confirmed', version: 2 });
    expect(await types(id)).toEqual(['SeatsReserved', 'ReservationConfirmed']);
  });

  test('an approval of what has ended changes nothing', async () => {
    const { id } = await reserve();
    await cancel(id);
    await service.feed(from(id, approved(id)));
    expect((await find(id)).status).toBe('cancelled');
    expect(await types(id)).toEqual(['SeatsReserved', 'ReservationCancelled']);
  });

  test('a deferral moves the deadline, only to a later one', async () => {
    const { id, paymentDeadline } = await reserve();
    const until = new Date(Date.parse(paymentDeadline) + 60_000);
    await service.feed(from(id, deferred(id, until)), from(id, deferred(id, new Date(Date.now())), 2));
    expect(await find(id)).toMatchObject({ paymentDeadline: until.toISOString(), version: 1 });
  });

  test('the steps of the cancel saga are noted in any order', async () => {
    const { id } = await reserve();
    await cancel(id);
    await service.feed(from(id, paymentCancelled(id)), from(id, seatsReleased(id)));
    const [row] = await service.store.query<Record<string, Date | null>>(
      `SELECT seats_released_at, payment_cancelled_at FROM reservation WHERE id = $1`,
      [id],
    );
    expect(row!.seats_released_at).not.toBeNull();
    expect(row!.payment_cancelled_at).not.toBeNull();
  });

  describe.each<[string, (reservationId: string) => DomainEvent]>([
    ['PaymentApproved', approved],
    ['PaymentDeferred', (id) => deferred(id, new Date(Date.now() + 2 * WINDOW_MS))],
    ['PaymentCancelled', paymentCancelled],
    ['SeatsReleased', seatsReleased],
  ])('%s', (type, event) => {
    const stateOf = async (id: string) =>
      (await service.store.query(`SELECT * FROM reservation WHERE id = $1`, [id]))[0]!;

    test('twice, by the relay or said anew, is once', async () => {
      const { id } = await reserve();
      const before = await stateOf(id);
      const message = from(id, event(id));
      await service.feed(message);
      const [once, told] = [await stateOf(id), await types(id)];
      expect(once).not.toEqual(before);
      await service.feed(message, { ...message, headers: { ...message.headers, ce_id: randomUUID() } });
      expect(await stateOf(id)).toEqual(once);
      expect(await types(id)).toEqual(told);
    });

    test('poisoned changes nothing and is set aside', async () => {
      const { id } = await reserve();
      const before = await stateOf(id);
      await service.feed(messageOf(event(id), { subject: id, value: '{"schemaVersion":1,"version":1,"data":{}}' }));
      expect(await stateOf(id)).toEqual(before);
      expect(await openDeadLetters(service.store)).toMatchObject([{ aggregate: id, type }]);
    });
  });

  test('a deferral that comes after the approval, or after the end, moves the deadline as on My page, and nothing else', async () => {
    const [paid, ended] = [await reserve(), await reserve()];
    const until = new Date(Date.now() + 2 * WINDOW_MS);
    await cancel(ended.id);
    await service.feed(from(paid.id, approved(paid.id)));
    for (const { id } of [paid, ended]) {
      const before = await find(id);
      await service.feed(from(id, deferred(id, until), 2));
      expect(await find(id)).toEqual({ ...before, paymentDeadline: until.toISOString() });
    }
  });

  test('a poisoned event is set aside with its reason, and others of its aggregate wait behind it', async () => {
    const [poisoned, sound] = [await reserve(), await reserve()];
    const broken = messageOf(approved(poisoned.id), {
      subject: poisoned.id,
      value: JSON.stringify({ schemaVersion: 1, version: 1, data: { reservationId: 'nobody' } }),
    });
    await service.feed(broken, from(poisoned.id, approved(poisoned.id), 2), from(sound.id, approved(sound.id)));
    expect((await find(poisoned.id)).status).toBe('awaiting_payment');
    expect((await find(sound.id)).status).toBe('confirmed');
    expect(await openDeadLetters(service.store)).toMatchObject([
      { aggregate: poisoned.id, type: 'PaymentApproved', queued: false },
      { aggregate: poisoned.id, type: 'PaymentApproved', queued: true },
    ]);
  });

  test('an approval for a reservation that nobody made is set aside', async () => {
    const stranger = randomUUID();
    await service.feed(from(stranger, approved(stranger)));
    const [letter] = await openDeadLetters(service.store);
    expect(letter).toMatchObject({
      aggregate: stranger,
      reason: expect.stringContaining('there is no reservation') as string,
    });
  });
});

describe('expiry', () => {
  const overdue = async (): Promise<Reservation> => {
    const reservation = await reserve();
    await service.store.query(`UPDATE reservation SET payment_deadline = now() - interval '1 minute' WHERE id = $1`, [
      reservation.id,
    ]);
    return reservation;
  };
  const expired = (id: string) => eventually(async () => expect((await find(id)).status).toBe('expired'));

  test('ends what was not paid in time', async () => {
    const { id } = await overdue();
    await service.caughtUp(new Date());
    await expired(id);
    expect(await service.published(id)).toMatchObject([
      { type: 'SeatsReserved' },
      { type: 'ReservationExpired', version: 2, data: { reservationId: id, price: 10_000 } },
    ]);
    await cancel(id).expect(409);
    await pay(id).expect(409);
  });

  test('goes only as far as payment’s events are known', async () => {
    const known = await overdue();
    const notYet = await overdue();
    await service.store.query(`UPDATE reservation SET payment_deadline = now() - interval '10 minutes' WHERE id = $1`, [
      known.id,
    ]);
    await service.caughtUp(new Date(Date.now() - 5 * 60_000));
    await expired(known.id);
    expect((await find(notYet.id)).status).toBe('awaiting_payment');
    // The payment was made in time, and its event comes late: nobody expires.
    await service.feed(from(notYet.id, approved(notYet.id)));
    await service.caughtUp(new Date());
    const next = await overdue();
    await service.caughtUp(new Date());
    await expired(next.id);
    expect((await find(notYet.id)).status).toBe('confirmed');
  });

  test('waits while one partition is not known', async () => {
    await service.caughtUp(new Date());
    await service.store.query(`DELETE FROM consumer_offset WHERE partition = 3`);
    const { id } = await overdue();
    await service.store.query(`UPDATE outbox SET published_at = 'epoch'`);
    // What the sweepers do meanwhile is seen by this intent.
    const intent = randomUUID();
    await service.store.query(
      `INSERT INTO intent (reservation_id, customer_id, fingerprint, correlation_id, traceparent, claimed_at)
       VALUES ($1, 'alice', 'f', 'c', '', now() - interval '1 hour')`,
      [intent],
    );
    await eventually(async () => expect(await types(intent)).toEqual(['ReservationAbandoned']));
    expect((await find(id)).status).toBe('awaiting_payment');
  });

  test('begins its grace anew when payment’s events are known again after an outage', async () => {
    const outbox = createOutbox({ source: 'outerpark/reservation', wake: () => undefined });
    const sweep = createExpireReservations(
      service.store,
      outbox,
      () => new Date('2030-01-01T01:00:00Z'),
      30_000,
      86_400_000,
    );
    const at = (seconds: number) => new Date(Date.parse('2030-01-01T00:00:00Z') + seconds * 1000);
    const { id } = await reserve();
    await service.store.query(`UPDATE reservation SET payment_deadline = $2 WHERE id = $1`, [id, at(10)]);
    const sweepWhenKnown = async (seconds: number) => {
      await service.caughtUp(at(seconds));
      await sweep();
      return (await find(id)).status;
    };
    for (const second of [0, 1, 2]) expect(await sweepWhenKnown(second)).toBe('awaiting_payment');
    // Ten minutes without Kafka: now everything in it is known, but not what payment still has to send.
    for (let second = 602; second < 632; second += 3) expect(await sweepWhenKnown(second)).toBe('awaiting_payment');
    expect(await sweepWhenKnown(632)).toBe('expired');
  });

  test('takes a round that is slow for no outage', async () => {
    let seconds = 0;
    const at = (second: number) => new Date(Date.parse('2031-01-01T00:00:00Z') + second * 1000);
    const slow = {
      ...service.store,
      transact: <T>(work: (tx: Tx) => Promise<T>) => {
        seconds += 20;
        return service.store.transact(work);
      },
    };
    const outbox = createOutbox({ source: 'outerpark/reservation', wake: () => undefined });
    const sweep = createExpireReservations(slow, outbox, () => at(seconds), 30_000, 86_400_000);
    const sweepAt = async (second: number) => {
      seconds = second;
      await service.caughtUp(at(second));
      await sweep();
    };
    const due = (id: string, second: number) =>
      service.store.query(`UPDATE reservation SET payment_deadline = $2 WHERE id = $1`, [id, at(second)]);
    const [first, second] = [await reserve(), await reserve()];
    await service.store.query(`UPDATE reservation SET payment_deadline = $1`, [at(86_400)]);
    for (const quiet of [0, 10, 20]) await sweepAt(quiet);

    await due(first.id, 0);
    await due(second.id, 20);
    await sweepAt(31);
    expect((await find(first.id)).status).toBe('expired');
    await sweepAt(seconds);
    expect((await find(second.id)).status).toBe('expired');
  });

  test('is not held up by one that cannot be ended now', async () => {
    const stuck = await overdue();
    await service.store.query(`UPDATE reservation SET payment_deadline = now() - interval '1 day' WHERE id = $1`, [
      stuck.id,
    ]);
    // As after a restore: the event of its next version is there already.
    await service.store.query(
      `INSERT INTO outbox (event_id, topic, subject, version, segment, headers, body, published_at)
       VALUES (gen_random_uuid(), 'reservation.events', $1, 2, 0, '{}', '', 'epoch')`,
      [stuck.id],
    );
    const { id } = await overdue();
    await service.caughtUp(new Date());
    await expired(id);
    expect((await find(stuck.id)).status).toBe('awaiting_payment');
    await service.store.query(`DELETE FROM outbox WHERE subject = $1 AND body = ''`, [stuck.id]);
    await expired(stuck.id);
  });

  test('spares a reservation whose own events have not reached Kafka', async () => {
    const heard = await overdue();
    await service.caughtUp(new Date());
    await expired(heard.id);
    const unheard = await overdue();
    const witness = await overdue();
    await service.store.query(`UPDATE outbox SET published_at = 'epoch' WHERE subject = $1`, [witness.id]);
    await expired(witness.id);
    expect((await find(unheard.id)).status).toBe('awaiting_payment');
  });
});
