import type { IncomingMessage } from '@outerpark/chassis/messaging/broker';
import { createWorld, newReservation, SECOND, type World } from './world';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.close());

type Reservation = ReturnType<typeof newReservation>;

/** Each event that makes a notice, by the notice's kind. */
const announced: [string, (reservation: Reservation) => IncomingMessage][] = [
  ['confirmed', (r) => r.confirmed()],
  ['expired', (r) => r.expired()],
  ['action_required', (r) => r.actionRequired(1)],
  ['deferred', (r) => r.deferred(1)],
  ['declined', (r) => r.declined(1)],
  ['refunded', (r) => r.cancelled(1, 300_000)],
  ['cancelled', (r) => r.cancelled(1, 0)],
];

const kinds = async () => (await world.notices()).map(({ kind }) => kind).reverse();
const poisoned = (message: IncomingMessage): IncomingMessage => ({ ...message, value: '{' });

describe.each(announced)('the event of a notice "%s"', (kind, eventOf) => {
  test('makes one notice, fed once or twice, before or after what was reserved', async () => {
    const first = newReservation();
    const event = eventOf(first);
    await world.feed(first.reserved(), event, event);
    world.pass(SECOND);
    const second = newReservation();
    // The same event under another id, as after a publisher's database was restored.
    await world.feed(eventOf(second), eventOf(second), second.reserved());

    const notices = await world.notices();
    expect(notices).toMatchObject([
      { reservationId: second.reservationId, kind, status: 'pending', deliveries: [] },
      { reservationId: first.reservationId, kind, status: 'pending', deliveries: [] },
    ]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test('is set aside when it is poisoned, and the others go on', async () => {
    const [bad, good] = [newReservation(), newReservation()];
    await world.feed(bad.reserved(), poisoned(eventOf(bad)), good.reserved(), eventOf(good));
    expect(await world.deadLetters()).toEqual([{ type: eventOf(bad).headers.ce_type, queued: false }]);
    expect(await world.notices()).toMatchObject([{ reservationId: good.reservationId, kind }]);
  });
});

test('nobody hears of an approval, or again of an expiry', async () => {
  const reservation = newReservation();
  await world.feed(reservation.reserved(), reservation.approved(1), reservation.cancelled(2, 0, 'expired'));
  expect(await kinds()).toEqual([]);
});

test('of a payment that is put off again and again the customer hears once, until something else happens to it', async () => {
  const reservation = newReservation();
  await world.feed(reservation.reserved(), reservation.deferred(1), reservation.deferred(2), reservation.deferred(3));
  expect(await kinds()).toEqual(['deferred']);
  world.pass(SECOND);
  await world.feed(reservation.declined(4));
  world.pass(SECOND);
  await world.feed(reservation.deferred(5), reservation.deferred(6), reservation.deferred(5));
  expect(await kinds()).toEqual(['deferred', 'declined', 'deferred']);
});

test('a contact that breaks its contract is set aside', async () => {
  await world.contact('alice', { email: 'no address', locale: 'en' });
  expect(await world.deadLetters()).toHaveLength(1);
  expect(await world.database.query('SELECT * FROM contact')).toEqual([]);
});
