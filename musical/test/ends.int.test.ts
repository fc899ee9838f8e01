import { randomUUID } from 'node:crypto';
import { replayDeadLetters } from '@outerpark/chassis/messaging/dead-letters';
import { messageOf } from '@outerpark/chassis/testing/messages';
import type { Hold } from '@outerpark/contracts/http/holds';
import { ended, heldIn, oneNight, problemOf, startTestMusical, type TestMusical } from './musical';
import { openDeadLetters } from '@outerpark/chassis/testing/dead-letters';

let musical: TestMusical;
beforeAll(async () => {
  musical = await startTestMusical();
});
afterAll(() => musical.stop());

/** Three of ten seats, held. */
const held = async (): Promise<Hold> => {
  const { performances } = await musical.musical(oneNight({ VIP: 10 }));
  return heldIn(await musical.hold({ performanceId: performances[0]!.id, lines: [{ grade: 'VIP', seats: 3 }] }));
};
const free = async ({ performanceId }: Hold) => (await musical.seats(performanceId)).VIP;
const stateOf = async ({ reservationId }: { reservationId: string }) => {
  const [row] = await musical.store.query<{ state: string }>(`SELECT state FROM hold WHERE reservation_id = $1`, [
    reservationId,
  ]);
  return row?.state;
};
const holdAgain = ({ reservationId, performanceId }: Hold) =>
  musical.hold({ performanceId, lines: [{ grade: 'VIP', seats: 3 }] }, { id: reservationId });

const released = ({ reservationId, performanceId, lines }: Hold) => [
  { type: 'SeatsReleased', version: 1, data: { reservationId, performanceId, lines } },
];

describe.each(['Cancelled', 'Expired', 'Abandoned'] as const)('when its reservation is %s', (how) => {
  test('the seats are free again, once, and that is told once', async () => {
    const hold = await held();
    const event = ended(how, hold);
    await musical.feed(event);
    expect([await free(hold), await stateOf(hold)]).toEqual([10, 'released']);

    // The relay's second send of the same event, and another event that says the same.
    await musical.feed(event, ended(how, hold, { version: 3 }));
    expect(await free(hold)).toBe(10);
    expect(await musical.published(hold.reservationId)).toEqual(released(hold));
  });

  test('the same hold is refused for good', async () => {
    const hold = await held();
    await musical.feed(ended(how, hold));
    const again = await holdAgain(hold);
    expect([again.status, problemOf(again)]).toEqual([409, 'hold-ended']);
    expect(await free(hold)).toBe(10);
  });

  test('a confirmation that comes late changes nothing', async () => {
    const hold = await held();
    await musical.feed(ended(how, hold), ended('Confirmed', hold));
    expect([await free(hold), await stateOf(hold)]).toEqual([10, 'released']);
  });

  test('before it was made: the hold that comes late is refused, and nothing is told', async () => {
    const { performanceId } = await held();
    const late = { reservationId: randomUUID(), performanceId };
    await musical.feed(ended(how, late));
    const answer = await holdAgain(late as Hold);

    expect([answer.status, problemOf(answer)]).toEqual([409, 'hold-ended']);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 7 });
    expect(await musical.published(late.reservationId)).toEqual([]);
  });

  test('an event that breaks its contract waits for somebody, with what comes after it', async () => {
    const [hold, other] = [await held(), await held()];
    const poison = ended(how, hold, {
      value: JSON.stringify({ schemaVersion: 1, version: 2, data: { reservationId: 7 } }),
    });
    await musical.feed(poison, ended('Confirmed', hold, { version: 3 }), ended('Expired', other));

    expect([await stateOf(hold), await stateOf(other)]).toEqual(['held', 'released']);
    const letters = (await openDeadLetters(musical.store)).filter(({ aggregate }) => aggregate === hold.reservationId);
    expect(letters.map(({ type, queued }) => [type, queued])).toEqual([
      [`Reservation${how}`, false],
      ['ReservationConfirmed', true],
    ]);
  });
});

describe('when its reservation is Confirmed', () => {
  test('the seats are sold, and stay so when told twice', async () => {
    const hold = await held();
    await musical.feed(ended('Confirmed', hold), ended('Confirmed', hold, { version: 3 }));
    expect([await free(hold), await stateOf(hold)]).toEqual([7, 'sold']);
    expect(await musical.published(hold.reservationId)).toEqual([]);
    expect((await holdAgain(hold)).body).toEqual(hold);
  });

  test('and cancelled then: the seats are free again', async () => {
    const hold = await held();
    await musical.feed(ended('Confirmed', hold), ended('Cancelled', hold, { version: 3 }));
    expect([await free(hold), await stateOf(hold)]).toEqual([10, 'released']);
    expect(await musical.published(hold.reservationId)).toEqual(released(hold));
  });

  test('without a hold: nothing', async () => {
    const reservationId = randomUUID();
    await musical.feed(ended('Confirmed', { reservationId }));
    expect(await stateOf({ reservationId })).toBeUndefined();
  });
});

test('an event of another type is passed over, and one of a newer schema holds the partition', async () => {
  const hold = await held();
  const about = { subject: hold.reservationId, version: 1 };
  const requested = messageOf(
    { type: 'PaymentRequested', data: { reservationId: hold.reservationId, customerId: 'a' } },
    about,
  );
  await musical.feed(requested);

  const value = JSON.stringify({ schemaVersion: 2, version: 2, data: {} });
  const newer = { ...ended('Expired', hold, { value }), offset: await musical.inbox.position('reservation.events', 7) };
  const outcome = await musical.inbox.apply({ topic: 'reservation.events', partition: 7, messages: [newer] });
  expect(outcome).toEqual({ next: newer.offset, pauseMs: expect.any(Number) as number });
  expect(await stateOf(hold)).toBe('held');
});

test('dead letters that are replayed give the seats back', async () => {
  const hold = await held();
  const broken = { ...ended('Expired', hold), headers: { ...ended('Expired', hold).headers, ce_time: '' } };
  await musical.feed(broken, ended('Cancelled', hold, { version: 3 }));
  expect(await stateOf(hold)).toBe('held');
  await musical.store.query(`UPDATE dead_letter SET resolved_at = now() WHERE aggregate = $1 AND NOT queued`, [
    hold.reservationId,
  ]);

  expect(
    await musical.store.transact((tx) =>
      replayDeadLetters(tx, musical.readers, 'reservation.events', hold.reservationId),
    ),
  ).toBe(1);
  expect([await free(hold), await stateOf(hold)]).toEqual([10, 'released']);
});

test('many that end in one transaction give back each seat once', async () => {
  const { performances } = await musical.musical(oneNight({ VIP: 50, R: 50 }, { maxPerCustomer: 100 }));
  const performanceId = performances[0]!.id;
  const holds = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const lines = [
        { grade: 'VIP', seats: 1 },
        { grade: 'R', seats: 1 },
      ];
      return heldIn(await musical.hold({ performanceId, lines }, { by: `customer ${n % 3}` }));
    }),
  );
  const from = await musical.inbox.position('reservation.events', 3);
  const messages = holds.map((hold, n) => ({ ...ended('Expired', hold), offset: from + n }));
  await musical.inbox.apply({ topic: 'reservation.events', partition: 3, messages });

  expect(await musical.seats(performanceId)).toEqual({ VIP: 50, R: 50 });
  expect(
    await musical.store.query(`SELECT seats FROM customer_seats WHERE performance_id = $1`, [performanceId]),
  ).toEqual(Array(3).fill({ seats: 0 }));
});

test('a hold and its end race: whoever comes first, no seat is lost', async () => {
  const { performances } = await musical.musical(oneNight({ VIP: 100 }));
  const performanceId = performances[0]!.id;
  for (let round = 0; round < 50; round++) {
    const hold = { reservationId: randomUUID(), performanceId };
    // Now the one, now the other is a little ahead.
    const behind = async (turns: number) => {
      for (let turn = 0; turn < turns; turn++) await musical.store.query('SELECT 1');
    };
    const [answer] = await Promise.all([
      behind(round % 2 ? round % 10 : 0).then(() => holdAgain(hold as Hold)),
      behind(round % 2 ? 0 : round % 10).then(() => musical.feed(ended('Abandoned', hold))),
    ]);
    expect(await musical.seats(performanceId)).toEqual({ VIP: 100 });
    expect(await stateOf(hold)).toBe('released');
    expect(await musical.published(hold.reservationId)).toHaveLength(answer.status === 200 ? 1 : 0);
  }
});
