import type { Metrics } from '@outerpark/chassis/metrics';
import type { Store } from '@outerpark/chassis/postgres/store';
import { measureFromStore } from '@outerpark/chassis/store-gauges';
import { Counter } from 'prom-client';

/** What is held is counted hold by hold: in the minutes after a sale has begun there are many. */
const SEATS_EVERY_MS = 15_000;

/** Gauges of the seats, over all performances that are still to come: one by one they would make a series for each, for ever. */
export function measureSeats(metrics: Metrics, store: Pick<Store, 'query'>): void {
  measureFromStore(metrics, {
    gauges: { seats: 'Seats of all performances to come: free, held for a payment, sold' },
    labels: ['state'],
    everyMs: SEATS_EVERY_MS,
    read: () => store.query(SEATS),
  });
  measureFromStore(metrics, {
    gauges: { hold_oldest_seconds: 'For how long the oldest hold has waited for its payment; 0: there is none' },
    read: () =>
      store.query(
        `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS hold_oldest_seconds
         FROM hold WHERE state = 'held'`,
      ),
  });
}

/** Gauges of the waiting rooms, over all that are open; gives what counts the admissions of this process. */
export function measureWaitingRooms(metrics: Metrics, store: Pick<Store, 'query'>): (admitted: number) => void {
  measureFromStore(metrics, {
    gauges: {
      waiting_rooms_open: 'Performances whose waiting room is open',
      waiting_room_customers: 'Customers who wait in open waiting rooms to be admitted',
      waiting_room_rate: 'Customers that open waiting rooms admit a second, if so many wait',
    },
    read: () =>
      store.query(
        `SELECT count(*)::float8 AS waiting_rooms_open, coalesce(sum(joined - admitted), 0)::float8 AS waiting_room_customers,
           coalesce(sum(rate), 0) AS waiting_room_rate
         FROM waiting_room WHERE open`,
      ),
  });
  const admissions = new Counter({
    name: 'waiting_room_admissions_total',
    help: 'Customers that this process has admitted from waiting rooms',
    registers: [metrics],
  });
  return (admitted) => admissions.inc(admitted);
}

/** At one moment: the three make up what is offered. */
export const SEATS = `
  WITH coming AS MATERIALIZED (SELECT id FROM performance WHERE starts_at > now()),
  offered AS (
    SELECT coalesce(sum(capacity), 0) AS capacity, coalesce(sum(free), 0) AS free
    FROM grade WHERE performance_id IN (SELECT id FROM coming)
  ),
  held AS (
    SELECT coalesce(sum((line->>'seats')::int), 0) AS seats
    FROM hold, jsonb_array_elements(lines) AS line
    WHERE state = 'held' AND performance_id IN (SELECT id FROM coming)
  )
  SELECT state, (CASE state WHEN 'free' THEN free WHEN 'held' THEN held.seats ELSE capacity - free - held.seats END)::float8 AS seats
  FROM offered, held, (VALUES ('free'), ('held'), ('sold')) AS s (state)`;
