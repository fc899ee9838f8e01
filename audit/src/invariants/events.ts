import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';
import { always, atLast, type Invariant } from '../invariant';

/** Replicas read the database's clock each for itself: so much difference is none. */
const CLOCKS_MS = 1_000;

/** Each event of an aggregate beside the one before it; what was sent again is left out. */
const IN_ORDER = `(
  SELECT topic, key, id, type, version, time, lag(version, 1, 0) OVER before AS previous, lag(time) OVER before AS previous_time
  FROM (SELECT *, min(position) FROM event WHERE topic <> '${CONTACTS_TOPIC}' AND id IS NOT NULL GROUP BY id)
  WINDOW before AS (PARTITION BY topic, key ORDER BY position))`;

/** The newest event of each aggregate, as of the moment of its state. */
const NEWEST = `(SELECT topic, subject, max(version) AS version FROM committed GROUP BY topic, subject)`;

const STATUS = `CASE type WHEN 'SeatsReserved' THEN 'awaiting_payment' WHEN 'ReservationConfirmed' THEN 'confirmed'
  WHEN 'ReservationCancelled' THEN 'cancelled' WHEN 'ReservationExpired' THEN 'expired' END`;

/** The time to pay that an event tells; nothing for a message that cannot be read. */
const DEADLINE = `iif(json_valid(e.message ->> '$.value'), json_extract(e.message ->> '$.value', '$.data.paymentDeadline'), NULL)`;

const stateVersion = (table: string, id: string, topic: string) =>
  always(`
    SELECT format('${table} %s: is at version %d, and its newest event at %d', s.${id}, s.version, coalesce(n.version, 0)) AS breach
    FROM ${table} s LEFT JOIN ${NEWEST} n ON n.topic = '${topic}' AND n.subject = s.${id}
    WHERE s.version <> coalesce(n.version, 0)`);

export const eventsOfCommits: Invariant = {
  name: 'I7',
  title: 'every event was committed with its state',
  figures: `SELECT count(*) AS messages, count(DISTINCT id) AS events, count(DISTINCT key) AS aggregates,
    (SELECT count(*) FROM musical) AS musicals, (SELECT count(*) FROM reservation) AS reservations,
    (SELECT count(*) FROM payment) AS payments, (SELECT count(*) FROM notice) AS notices FROM event`,
  checks: [
    // What came to Kafka before the stores were read had to be committed by then.
    always(`
      SELECT format('%s %s (%s/%d@%d) of %s: has no outbox row', coalesce(e.type, 'a message'), coalesce(e.id, 'without an id'),
        e.topic, e.partition, e.position, e.key) AS breach
      FROM event e JOIN topic_end t ON t.topic = e.topic AND t.partition = e.partition
      WHERE e.position < t.before
        AND coalesce(e.time > (SELECT until FROM dropped d WHERE d.topic = e.topic) + ${CLOCKS_MS}, TRUE)
        AND (e.id IS NULL OR e.id NOT IN (SELECT event_id FROM outbox))`),

    always(`
      SELECT format('%s %s of %s: %s', type, id, key, CASE
        WHEN version IS NULL THEN 'has no version'
        WHEN version = previous THEN 'is a second event of version ' || version
        ELSE 'has version ' || version || ' after ' || previous END) AS breach
      FROM ${IN_ORDER} WHERE version IS NULL OR version <> previous + 1`),

    always(`
      SELECT format('%s %s of %s: is of a time before the event before it', type, id, key) AS breach
      FROM ${IN_ORDER} WHERE time < previous_time - ${CLOCKS_MS}`),

    stateVersion('reservation', 'id', 'reservation.events'),
    stateVersion('musical', 'id', 'musical.events'),
    stateVersion('payment', 'reservation_id', 'payment.events'),
    stateVersion('notice', 'id', 'notification.events'),

    always(`
      SELECT format('reservation %s: is %s, and by its events %s', r.id, r.status, coalesce(e.status, 'there is none')) AS breach
      FROM reservation r LEFT JOIN (
        SELECT subject, max(version), ${STATUS} AS status FROM committed
        WHERE topic = 'reservation.events' AND ${STATUS} IS NOT NULL GROUP BY subject) e ON e.subject = r.id
      WHERE e.status IS NOT r.status`),

    // What payment has put off a moment ago may be under way to reservation.
    atLast(`
      SELECT format('reservation %s: is to be paid by %s, and by the events by %s', id, deadline, told) AS breach
      FROM (
        SELECT r.id, strftime('%Y-%m-%dT%H:%M:%fZ', r.payment_deadline / 1000.0, 'unixepoch') AS deadline, max(${DEADLINE}) AS told
        FROM reservation r JOIN event e ON e.topic IN ('reservation.events', 'payment.events') AND e.key = r.id
        WHERE e.type IN ('SeatsReserved', 'PaymentDeferred') GROUP BY r.id)
      WHERE deadline <> told`),

    always(`
      SELECT format('%s %s: is of a reservation that is not there, %s', type, event_id, subject) AS breach
      FROM outbox WHERE topic = 'reservation.events' AND type <> 'ReservationAbandoned'
        AND subject NOT IN (SELECT id FROM reservation)`),

    always(`
      SELECT format('hold %s: is released, and no SeatsReleased tells it', h.reservation_id) AS breach
      FROM hold h WHERE h.state = 'released' AND h.lines <> '[]' AND h.reservation_id NOT IN (
        SELECT subject FROM committed WHERE topic = 'musical.events' AND type = 'SeatsReleased')`),
  ],
};
