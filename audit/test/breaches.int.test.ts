import { randomUUID } from 'node:crypto';
import { fileOf } from '@outerpark/mypage/dump';
import Libsql from 'libsql';
import { audit } from '../src/audit';
import type { InvariantName } from '../src/invariant';
import { createStores, playStory, startServices, writeOutbox, type Stores, type Story } from './world';

jest.setTimeout(60_000);

let original: Stores;
let story: Story;
const begun: Stores[] = [];

beforeAll(async () => {
  original = await createStores();
  const services = await startServices(original);
  try {
    story = await playStory(original, services);
    expect(await audit(original.system, { patienceMs: 20_000 })).toMatchObject({ ok: true });
  } finally {
    await services.stop();
  }
});
afterEach(async () => {
  for (const stores of begun.splice(0)) await stores.end();
});
afterAll(() => original?.end());

/** The story's stores in a copy that a test may spoil. */
async function copyOfStores(changed?: Parameters<Stores['copy']>[0]): Promise<Stores> {
  const stores = await original.copy(changed);
  begun.push(stores);
  return stores;
}

/** What a second reading confirms at once, for nothing runs and so nothing is under way. Without the messages' places in Kafka. */
async function breachesOf({ system }: Stores, name: InvariantName): Promise<string[]> {
  const { findings } = await audit(system, { patienceMs: 0, pause: () => Promise.resolve() });
  const { ok, breaches } = findings.find(({ invariant }) => invariant === name)!;
  expect(ok).toBe(breaches.length === 0);
  return breaches.map((breach) => breach.replace(/ \(\S+\/\d+@\d+\)/, '')).sort();
}

test('the copy of a consistent world passes', async () => {
  const { system } = await copyOfStores();
  expect(await audit(system, { patienceMs: 0 })).toMatchObject({ ok: true, readings: 1 });
});

test('I1: seats that are not there, taken twice or held for nobody', async () => {
  const stores = await copyOfStores();
  const { confirmed, declined, unpaid, hamlet, macbeth } = story;
  const [grade] = hamlet.performances[0]!.grades;
  const [r, s] = macbeth.performances[0]!.grades;
  const stray = randomUUID();
  const sql = (text: string, ...params: unknown[]) => stores.sql('musical', text, params);

  await sql(`UPDATE grade SET free = free + 1 WHERE id = $1`, grade!.id);
  await sql(`ALTER TABLE grade DROP CONSTRAINT grade_check`);
  await sql(`UPDATE grade SET free = -1 WHERE id = $1`, r!.id);
  await sql(`UPDATE hold SET state = 'held' WHERE reservation_id = $1`, confirmed[0]!.id);
  await sql(`UPDATE hold SET lines = jsonb_set(lines, '{0,price}', '1') WHERE reservation_id = $1`, confirmed[1]!.id);
  await sql(`UPDATE hold SET state = 'released' WHERE reservation_id = $1`, declined[0]!.id);
  await sql(`DELETE FROM hold WHERE reservation_id = $1`, declined[1]!.id);
  await sql(`UPDATE hold SET state = 'held' WHERE reservation_id = $1`, unpaid.id);
  await sql(
    `INSERT INTO hold SELECT $1, performance_id, customer_id, jsonb_build_array(jsonb_build_object('gradeId', $2::text, 'seats', 4)),
       'held', created_at FROM hold WHERE reservation_id = $3`,
    ...[stray, s!.id, confirmed[0]!.id],
  );

  expect(await breachesOf(stores, 'I1')).toEqual(
    [
      `grade ${grade!.id}: 39 free + 12 held + 10 sold is 61, and the capacity 60`,
      `grade ${r!.id}: -1 free + 0 held + 0 sold is -1, and the capacity 10`,
      `grade ${r!.id}: -1 seats are free`,
      `grade ${s!.id}: 10 free + 4 held + 0 sold is 14, and the capacity 10`,
      `hold ${stray}: has seats of grade ${s!.id}, which its performance has not`,
      `hold ${stray}: is held, and its reservation is none, and it has no intent`,
      `hold ${unpaid.id}: is held, and its reservation is cancelled`,
      `reservation ${confirmed[0]!.id}: is confirmed, and its hold is held`,
      `reservation ${confirmed[1]!.id}: is confirmed, and its hold has other lines`,
      `reservation ${declined[0]!.id}: is awaiting_payment, and its hold is released`,
      `reservation ${declined[1]!.id}: is awaiting_payment, and has no hold`,
    ].sort(),
  );
});

describe('I2', () => {
  const TEN_MINUTES_AGO = `now() - interval '10 minutes'`;
  const sentLongAgo = (stores: Stores) =>
    stores.sql('reservation', `UPDATE outbox SET published_at = ${TEN_MINUTES_AGO}`);

  test('reservations, intents and sagas that hang', async () => {
    const stores = await copyOfStores();
    const { confirmed, declined, unpaid, refunded } = story;
    const sql = (text: string, ...params: unknown[]) => stores.sql('reservation', text, params);

    await sentLongAgo(stores);
    await sql(`UPDATE reservation SET payment_deadline = ${TEN_MINUTES_AGO} WHERE id = $1`, declined[0]!.id);
    await sql(`UPDATE reservation SET status = 'cancelled' WHERE id = $1`, declined[1]!.id);
    await sql(
      `UPDATE intent SET state = 'open', claimed_at = ${TEN_MINUTES_AGO} WHERE reservation_id = $1`,
      confirmed[0]!.id,
    );
    await sql(`UPDATE reservation SET ended_at = ${TEN_MINUTES_AGO} WHERE ended_at IS NOT NULL`);
    await sql(`UPDATE reservation SET seats_released_at = NULL WHERE id = $1`, unpaid.id);
    await sql(`UPDATE reservation SET payment_cancelled_at = NULL WHERE id = $1`, refunded.id);

    expect((await breachesOf(stores, 'I2')).map((breach) => breach.replace(/ \d{3} s\b/, ' N s'))).toEqual(
      [
        `intent ${confirmed[0]!.id}: is open for N s`,
        `reservation ${declined[0]!.id}: waits for its payment N s after its deadline`,
        `reservation ${declined[1]!.id}: is cancelled, and nothing says since when`,
        `reservation ${refunded.id}: is cancelled for N s, and its payment is not cancelled`,
        `reservation ${unpaid.id}: is cancelled for N s, and its seats are not released`,
      ].sort(),
    );
  });

  test('time before its events reached Kafka does not count', async () => {
    const stores = await copyOfStores();
    await stores.sql('reservation', `UPDATE reservation SET payment_deadline = ${TEN_MINUTES_AGO}`);
    expect(await breachesOf(stores, 'I2')).toEqual([]);
  });

  test('a refund for which the provider does not answer is pending', async () => {
    const stores = await copyOfStores();
    const { id } = story.refunded;
    await sentLongAgo(stores);
    await stores.sql(
      'reservation',
      `UPDATE reservation SET ended_at = ${TEN_MINUTES_AGO}, payment_cancelled_at = NULL WHERE id = $1`,
      [id],
    );
    await stores.sql('payment', `UPDATE payment SET next_attempt_at = now() WHERE reservation_id = $1`, [id]);
    await stores.sql('payment', `ALTER TABLE ledger DISABLE TRIGGER ledger_append_only`);
    await stores.sql('payment', `DELETE FROM ledger WHERE kind = 'refunded'`);
    const refundMissing = [`reservation ${id}: is cancelled, and 330000 KRW are not refunded in our ledger`];

    await stores.provider('PUT', '/faults', { down: true });
    const { findings } = await audit(stores.system, { patienceMs: 0 });
    const [, endings, charges, money] = findings;
    expect(endings).toMatchObject({
      ok: true,
      pending: [expect.stringContaining(`reservation ${id}: is cancelled for 60`)],
    });
    expect([charges, money]).toMatchObject([{ ok: true }, { ok: true }]);

    await stores.provider('DELETE', '/faults');
    expect(await breachesOf(stores, 'I2')).toEqual([expect.stringContaining(`reservation ${id}: is cancelled for 60`)]);
    expect(await breachesOf(stores, 'I3')).toEqual(refundMissing);
  });
});

/** Another line of our ledger, as only a bug could write it. */
async function writeLedger(stores: Stores, reservationId: string, kind: string, amount: number): Promise<string> {
  const id = randomUUID();
  await stores.sql(
    'payment',
    `ALTER TABLE ledger DROP CONSTRAINT IF EXISTS ledger_reservation_id_kind_key, DROP CONSTRAINT IF EXISTS ledger_attempt_id_fkey`,
  );
  await stores.sql(
    'payment',
    `INSERT INTO ledger (reservation_id, attempt_id, kind, amount, at) VALUES ($1, $2, $3, $4, now())`,
    [reservationId, id, kind, amount],
  );
  return id;
}

const chargeOf = async (stores: Stores, reservationId: string): Promise<string> => {
  const select = `SELECT attempt_id FROM ledger WHERE kind = 'captured' AND reservation_id = $1`;
  return (await stores.sql<{ attempt_id: string }>('payment', select, [reservationId]))[0]!.attempt_id;
};

test('I3: charged twice, refunded twice, in part, for nothing or not at all', async () => {
  const stores = await copyOfStores();
  const { confirmed, unpaid, refunded, declined } = story;
  const [first, second] = [confirmed[0]!.id, confirmed[1]!.id];

  await writeLedger(stores, first, 'captured', 400_000);
  await writeLedger(stores, refunded.id, 'refunded', 330_000);
  await writeLedger(stores, unpaid.id, 'captured', 80_000);
  await writeLedger(stores, second, 'refunded', 1_000);

  await stores.provider('POST', '/charges', { amount: 400_000, reference: first }, randomUUID());
  await stores.provider('POST', '/charges', { amount: 40_000, reference: declined[0]!.id }, randomUUID());
  await stores.provider('POST', '/charges', { amount: 80_000, reference: unpaid.id }, randomUUID());
  const charge = await chargeOf(stores, second);
  await stores.provider('POST', '/refunds', { charge, amount: 300_000 }, randomUUID());
  await stores.provider('POST', '/refunds', { charge, amount: 50_000 }, randomUUID());

  expect(await breachesOf(stores, 'I3')).toEqual(
    [
      `reservation ${first}: charged 2 times in our ledger`,
      `reservation ${first}: charged 2 times in the provider's ledger`,
      `reservation ${refunded.id}: refunded 2 times in our ledger`,
      `reservation ${refunded.id}: refunded 660000 of 330000 KRW in our ledger`,
      `reservation ${second}: refunded 2 times in the provider's ledger`,
      `reservation ${second}: refunded 350000 of 400000 KRW in the provider's ledger`,
      `reservation ${second}: refunded 1000 of 400000 KRW in our ledger`,
      `reservation ${second}: is confirmed, and refunded in our ledger`,
      `reservation ${second}: is confirmed, and refunded in the provider's ledger`,
      `reservation ${unpaid.id}: is cancelled, and 80000 KRW are not refunded in our ledger`,
      `reservation ${unpaid.id}: is cancelled, and 80000 KRW are not refunded in the provider's ledger`,
    ].sort(),
  );
});

test('I4: money that is not the price of the confirmed reservations', async () => {
  const stores = await copyOfStores();
  const { confirmed, declined } = story;
  const [first, second] = confirmed.map(({ id }) => id) as [string, string];
  const [ours, theirs] = [await writeLedger(stores, declined[0]!.id, 'captured', 40_000), randomUUID()];
  await stores.provider('POST', '/charges', { amount: 70_000, reference: 'somebody' }, theirs);
  await stores.sql('reservation', `UPDATE reservation SET price = price - 1 WHERE id = $1`, [first]);
  const charge = await chargeOf(stores, second);
  await stores.sql('payment', `ALTER TABLE ledger DISABLE TRIGGER ledger_append_only`);
  await stores.sql('payment', `UPDATE ledger SET amount = 399999 WHERE reservation_id = $1`, [second]);

  expect(await breachesOf(stores, 'I4')).toEqual(
    [
      `captured ${charge}: 399999 KRW in our ledger, not in the provider's`,
      `captured ${charge}: 400000 KRW in the provider's ledger, not in ours`,
      `captured ${ours}: 40000 KRW in our ledger, not in the provider's`,
      `captured ${theirs}: 70000 KRW in the provider's ledger, not in ours`,
      `reservation ${declined[0]!.id}: is awaiting_payment at 40000 KRW, and our ledger has 40000 - 0 KRW`,
      `reservation ${first}: is confirmed at 399999 KRW, and our ledger has 400000 - 0 KRW`,
      `reservation ${first}: is confirmed at 399999 KRW, and the provider's ledger has 400000 - 0 KRW`,
      `reservation ${second}: is confirmed at 400000 KRW, and our ledger has 399999 - 0 KRW`,
      `reservation somebody: is unknown at 0 KRW, and the provider's ledger has 70000 - 0 KRW`,
    ].sort(),
  );
});

const eventOf = async (stores: Stores, type: string, subject: string): Promise<string> => {
  const select = `SELECT event_id FROM outbox WHERE headers ->> 'ce_type' = $1 AND subject = $2`;
  return (await stores.sql<{ event_id: string }>('reservation', select, [type, subject]))[0]!.event_id;
};

describe('I5', () => {
  test('events that did not arrive, or arrived as others', async () => {
    const stores = await copyOfStores();
    const lost = await writeOutbox(stores, { type: 'MusicalRegistered' });
    const unsent = await writeOutbox(stores, { type: 'PaymentApproved', sent: false });
    const changed = await eventOf(stores, 'ReservationConfirmed', story.confirmed[0]!.id);
    await stores.sql('reservation', `UPDATE outbox SET body = replace(body, '400000', '1') WHERE event_id = $1`, [
      changed,
    ]);
    const contact = await writeOutbox(stores, { type: 'CustomerContact', subject: 'erin' });

    expect(await breachesOf(stores, 'I5')).toEqual(
      [
        `ReservationConfirmed ${changed}: is another in Kafka than in the outbox of reservation`,
        `CustomerContact ${contact.id} of reservation: written and marked as sent, and not in Kafka`,
        `MusicalRegistered ${lost.id} of musical: written and marked as sent, and not in Kafka`,
        `PaymentApproved ${unsent.id} of payment: written and not sent, and not in Kafka`,
      ].sort(),
    );
  });

  test('what outboxes and inboxes have forgotten is not missed, and what is younger is', async () => {
    const stores = await copyOfStores();
    const forget = async (until: Date) => {
      for (const service of ['musical', 'reservation', 'payment', 'notification'] as const) {
        await stores.sql(service, `TRUNCATE outbox, inbox, forgotten`);
        await stores.sql(service, `INSERT INTO forgotten VALUES ('outbox', $1), ('inbox', $1)`, [until]);
      }
      edit(stores, `DELETE FROM inbox; INSERT OR REPLACE INTO forgotten VALUES ('inbox', '${until.toISOString()}')`);
    };
    await forget(new Date());
    for (const name of ['I2', 'I5', 'I7'] as const) expect(await breachesOf(stores, name)).toEqual([]);

    await forget(new Date(Date.now() - 3_600_000));
    const passedOver = await breachesOf(stores, 'I5');
    for (const consumer of ['musical', 'reservation', 'payment', 'notification', 'mypage']) {
      expect(passedOver).toContainEqual(expect.stringContaining(`: passed over by ${consumer}`));
    }
    const unwritten = await breachesOf(stores, 'I7');
    for (const type of ['SeatsReserved', 'SeatsReleased', 'PaymentApproved', 'NotificationSent', 'CustomerContact']) {
      expect(unwritten).toContainEqual(expect.stringMatching(new RegExp(`^${type} \\S+ of \\S+: has no outbox row$`)));
    }
  });

  test('a contact that compaction took is not missed', async () => {
    const stores = await copyOfStores();
    await writeOutbox(stores, { type: 'CustomerContact', subject: 'erin' });
    const { topic, subject, headers, body } = await writeOutbox(stores, { type: 'CustomerContact', subject: 'erin' });
    await stores.publish({ topic: topic as 'customer.contacts', key: subject, headers, value: body });
    expect((await breachesOf(stores, 'I5')).filter((breach) => breach.includes('CustomerContact'))).toEqual([]);
  });

  test('events passed over, applied without having been sent, or set aside', async () => {
    const stores = await copyOfStores();
    const [first, second] = story.confirmed.map(({ id }) => id) as [string, string];
    const [toPayment, toMusical, toMypage] = [
      await eventOf(stores, 'SeatsReserved', first),
      await eventOf(stores, 'ReservationConfirmed', first),
      await eventOf(stores, 'ReservationConfirmed', second),
    ];
    const [mypageDir] = stores.system.mypageDirs;
    await stores.sql('payment', `DELETE FROM inbox WHERE event_id = $1`, [toPayment]);
    await stores.sql('musical', `DELETE FROM inbox WHERE event_id = $1`, [toMusical]);
    edit(stores, `DELETE FROM inbox WHERE event_id = '${toMypage}'`);
    await stores.sql('reservation', `INSERT INTO inbox VALUES ('never sent', now())`);
    await stores.sql(
      'reservation',
      `INSERT INTO dead_letter (topic, partition, position, aggregate, event_id, type, message, reason, queued, created_at)
       SELECT 'payment.events', 3, n, $1, 'id ' || n, 'PaymentApproved', '{}', 'cannot be', n > 1, now() FROM generate_series(1, 3) n`,
      [first],
    );

    expect(await breachesOf(stores, 'I5')).toEqual(
      [
        `ReservationConfirmed ${toMusical}: passed over by musical`,
        `ReservationConfirmed ${toMypage}: passed over by mypage ${mypageDir}`,
        `SeatsReserved ${toPayment}: passed over by payment`,
        `reservation: dead letter 1, PaymentApproved of ${first}, and 2 behind it: cannot be`,
        'reservation: has applied event never sent, which is not in Kafka',
      ].sort(),
    );
  });

  test('consumers that stand still, went back or are ahead', async () => {
    const stores = await copyOfStores();
    const move = async (service: 'musical' | 'payment', to: string) => {
      const [moved] = await stores.sql<{ at: string; ended: number }>(
        service,
        `UPDATE consumer_offset c SET next_offset = ${to} FROM (
           SELECT topic, partition, next_offset FROM consumer_offset WHERE next_offset > 0 ORDER BY partition LIMIT 1) old
         WHERE (c.topic, c.partition) = (old.topic, old.partition)
         RETURNING c.topic || '/' || c.partition AS at, old.next_offset::int AS ended`,
      );
      return moved!;
    };
    const back = await move('payment', '0');
    const ahead = await move('musical', 'c.next_offset + 7');

    const breaches = await breachesOf(stores, 'I5');
    expect(breaches).toEqual(
      expect.arrayContaining([
        `payment: has applied ${back.at} up to 0, and the end is ${back.ended}`,
        expect.stringMatching(
          `^payment: goes on at ${back.at}@0, behind event [0-9a-f-]{36} at 0, which it has applied$`,
        ),
        `musical: goes on at ${ahead.at}@${ahead.ended + 7}, beyond the end ${ahead.ended}`,
      ]),
    );
    expect(
      breaches.filter((breach) => !/^(payment: (has applied|goes on at)|musical: goes on at) /.test(breach)),
    ).toEqual([]);
  });
});

/** Changes mypage's file behind its back. */
function edit({ system }: Stores, sql: string): void {
  const file = new Libsql(fileOf(system.mypageDirs[0]!));
  try {
    file.exec(sql);
  } finally {
    file.close();
  }
}

test('I6: rows of mypage that the events do not make', async () => {
  const stores = await copyOfStores();
  const mypage = `mypage ${stores.system.mypageDirs[0]}`;
  const { confirmed, declined, refunded } = story;
  const stray = randomUUID();
  const told = await eventOf(stores, 'ReservationConfirmed', confirmed[0]!.id);
  edit(
    stores,
    `UPDATE reservation SET status = 'expired' WHERE id = '${confirmed[0]!.id}';
     UPDATE payment SET refunded = 1 WHERE reservation_id = '${refunded.id}';
     DELETE FROM payment WHERE reservation_id = '${declined[0]!.id}';
     INSERT INTO notice VALUES ('${stray}', 1, '${refunded.id}', 'confirmed', 'sent', '2026-01-01T00:00:00.000Z');
     UPDATE timeline SET detail = '{}' WHERE event_id = '${told}';`,
  );
  expect(await breachesOf(stores, 'I6')).toEqual(
    [
      `${mypage}: notice ${stray}: no event made it`,
      `${mypage}: payment ${declined[0]!.id}: is missing`,
      `${mypage}: payment ${refunded.id}: refunded is 1, and by the events 330000`,
      `${mypage}: reservation ${confirmed[0]!.id}: status is "expired", and by the events "confirmed"`,
      `${mypage}: timeline ${told}: detail is "{}", and by the events ${JSON.stringify('{"price":400000}')}`,
    ].sort(),
  );
});

describe('I7', () => {
  const message = (subject: string, version: number, headers: Record<string, string> = {}) => ({
    topic: 'reservation.events' as const,
    key: subject,
    headers: {
      ce_id: randomUUID(),
      ce_type: 'ReservationConfirmed',
      ce_source: 'outerpark/reservation',
      ce_time: new Date().toISOString(),
      ce_subject: subject,
      ...headers,
    },
    value: JSON.stringify({ schemaVersion: 1, version, data: {} }),
  });

  test('events of transactions that never were', async () => {
    const stores = await copyOfStores();
    const [gap, twice, old] = [story.declined[0]!.id, story.declined[1]!.id, story.unpaid.id];
    const rogue = [
      message(gap, 9),
      message(twice, 1),
      message(old, 3, { ce_time: new Date(Date.now() - 3_600_000).toISOString() }),
      { ...message(old, 4), headers: { ce_type: 'ReservationConfirmed' } },
    ];
    await stores.publish(...rogue);
    const [gapId, twiceId, oldId] = rogue.map(({ headers }) => (headers as Record<string, string>).ce_id);

    expect(await breachesOf(stores, 'I7')).toEqual(
      [
        `ReservationConfirmed ${gapId} of ${gap}: has no outbox row`,
        `ReservationConfirmed ${gapId} of ${gap}: has version 9 after 1`,
        `ReservationConfirmed ${oldId} of ${old}: has no outbox row`,
        `ReservationConfirmed ${oldId} of ${old}: is of a time before the event before it`,
        `ReservationConfirmed ${twiceId} of ${twice}: has no outbox row`,
        `ReservationConfirmed ${twiceId} of ${twice}: is a second event of version 1`,
        `ReservationConfirmed without an id of ${old}: has no outbox row`,
        `reservation ${gap}: is at version 1, and its newest event at 9`,
        `reservation ${gap}: is awaiting_payment, and by its events confirmed`,
        `reservation ${old}: is at version 2, and its newest event at 4`,
        `reservation ${old}: is cancelled, and by its events confirmed`,
      ].sort(),
    );
  });

  test('state that no event tells, and events without their state', async () => {
    const stores = await copyOfStores();
    const { confirmed, declined, hamlet, refunded } = story;
    const [first, second] = confirmed.map(({ id }) => id) as [string, string];
    await stores.sql('reservation', `UPDATE reservation SET version = 7 WHERE id = $1`, [first]);
    await stores.sql('reservation', `UPDATE reservation SET status = 'expired' WHERE id = $1`, [second]);
    await stores.sql('musical', `UPDATE musical SET version = 1 WHERE id = $1`, [hamlet.id]);
    await stores.sql('payment', `UPDATE payment SET version = 3 WHERE reservation_id = $1`, [declined[0]!.id]);
    await stores.sql('musical', `DELETE FROM outbox WHERE subject = $1`, [refunded.id]);
    await stores.sql('musical', `UPDATE hold SET state = 'released' WHERE reservation_id = $1`, [declined[1]!.id]);
    const late = [declined[1]!.id, '2099-01-01T00:00:00.000Z'];
    await stores.sql('reservation', `UPDATE reservation SET payment_deadline = $2 WHERE id = $1`, late);
    const stray = await writeOutbox(stores, { type: 'SeatsReserved' });

    const breaches = await breachesOf(stores, 'I7');
    const withoutOdds = (breach: string) =>
      breach.replace(/^SeatsReleased \S+/, 'SeatsReleased').replace(/(?<=by the events by )\S+/, 'another time');
    expect(breaches.map(withoutOdds)).toEqual(
      [
        `SeatsReleased of ${refunded.id}: has no outbox row`,
        `SeatsReserved ${stray.id}: is of a reservation that is not there, ${stray.subject}`,
        `hold ${declined[1]!.id}: is released, and no SeatsReleased tells it`,
        `musical ${hamlet.id}: is at version 1, and its newest event at 2`,
        `payment ${declined[0]!.id}: is at version 3, and its newest event at 1`,
        `reservation ${declined[1]!.id}: is to be paid by ${late[1]}, and by the events by another time`,
        `reservation ${first}: is at version 7, and its newest event at 2`,
        `reservation ${second}: is expired, and by its events confirmed`,
      ].sort(),
    );
  });
});
