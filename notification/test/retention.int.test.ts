import { createLogger } from '@outerpark/chassis/logger';
import { createMetrics } from '@outerpark/chassis/metrics';
import { startRetention } from '@outerpark/chassis/retention';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { deliveryRetention } from '../src/persistence/deliveries';
import { alice, createWorld, newReservation, type World } from './world';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

test('the delivery log goes after its time, and the notices stay', async () => {
  await world.contact('alice', alice);
  const [old, young] = [newReservation('alice', world.now()), newReservation('alice', world.now())];
  await world.feed(old.reserved(), old.confirmed(), young.reserved(), young.confirmed());
  await world.deliver();
  expect((await world.notices()).map(({ deliveries }) => deliveries.length)).toEqual([1, 1]);

  const age = (id: string, days: number) =>
    world.database.query(
      `UPDATE delivery SET at = $2 WHERE notice_id IN (SELECT id FROM notice WHERE reservation_id = $1)`,
      [id, new Date(world.now().getTime() - days * 86_400_000)],
    );
  await age(old.reservationId, 91);
  await age(young.reservationId, 89);
  const { stop } = startRetention({
    store: world.database,
    retentions: [deliveryRetention({ keepDeliveriesDays: 90 })],
    everyMs: 20,
    now: world.now,
    logger: createLogger('notification', 'silent'),
    metrics: createMetrics('notification'),
  });
  const logged = async () =>
    (await world.notices()).map(({ reservationId, status, deliveries }) => [reservationId, status, deliveries.length]);
  await eventually(async () =>
    expect((await logged()).sort()).toEqual(
      [
        [old.reservationId, 'sent', 0],
        [young.reservationId, 'sent', 1],
      ].sort(),
    ),
  ).finally(stop);
});
