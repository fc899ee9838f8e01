import { atLast, type Invariant } from '../invariant';

const MINUTE = 60_000;
/** INTENT_LIMIT_MS of the reservation service. */
const INTENT_LIMIT = 60_000;

/**
 * Each reservation with the time since which it could have gone on. Time without Kafka does not count, in two ways: it counts
 * from when its own events had reached Kafka (what has not, I5 tells), and whatever is late becomes a breach only when it
 * lasts for the audit's whole patience, during which the audit itself reads Kafka. That is more than the sweeper needs to
 * learn that it has caught up, and its grace.
 */
const TOLD = `(
  SELECT r.*, coalesce(o.published_at, 0) AS told_at, (SELECT now FROM clock WHERE service = 'reservation') AS now
  FROM reservation r LEFT JOIN (
    SELECT subject, max(published_at) AS published_at, count(*) - count(published_at) AS unpublished
    FROM outbox WHERE topic = 'reservation.events' GROUP BY subject) o ON o.subject = r.id
  WHERE coalesce(unpublished, 0) = 0)`;

const late = (since: string): string => `(now - max(${since}, told_at))`;
const seconds = (milliseconds: string): string => `((${milliseconds}) / 1000)`;

export const endings: Invariant = {
  name: 'I2',
  title: 'every reservation ends in time',
  figures: `SELECT count(*) AS reservations, sum(status = 'awaiting_payment') AS "awaiting payment",
    sum(ended_at IS NOT NULL) AS ended, (SELECT count(*) FROM intent) AS intents,
    (SELECT count(*) FROM intent WHERE state = 'open') AS open,
    sum(id IN (SELECT reservation_id FROM waiting)) AS "waiting for the provider" FROM reservation`,
  checks: [
    atLast(`
      SELECT 'late ' || id AS key,
        format('reservation %s: waits for its payment %d s after its deadline', id, ${seconds(late('payment_deadline'))}) AS breach
      FROM ${TOLD} WHERE status = 'awaiting_payment' AND ${late('payment_deadline')} > ${MINUTE}`),

    atLast(`
      SELECT 'open ' || reservation_id AS key,
        format('intent %s: is open for %d s', reservation_id, ${seconds('now - claimed_at')}) AS breach
      FROM intent JOIN clock ON service = 'reservation'
      WHERE state = 'open' AND now - claimed_at > ${INTENT_LIMIT + MINUTE}`),

    atLast(`
      SELECT 'seats ' || id AS key,
        format('reservation %s: is %s for %d s, and its seats are not released', id, status, ${seconds(late('ended_at'))}) AS breach
      FROM ${TOLD} WHERE ended_at IS NOT NULL AND seats_released_at IS NULL AND ${late('ended_at')} > ${MINUTE}`),

    atLast(`
      SELECT 'payment ' || id AS key,
        format('reservation %s: is %s for %d s, and its payment is not cancelled', id, status, ${seconds(late('ended_at'))}) AS breach
      FROM ${TOLD} WHERE ended_at IS NOT NULL AND payment_cancelled_at IS NULL AND ${late('ended_at')} > ${MINUTE}
        AND id NOT IN (SELECT reservation_id FROM waiting)`),

    atLast(`
      SELECT format('reservation %s: is %s, and nothing says since when', id, status) AS breach
      FROM reservation WHERE (status IN ('cancelled', 'expired')) <> (ended_at IS NOT NULL)`),
  ],
  pending: `
    SELECT format('reservation %s: is %s for %d s, its payment waits for the provider', id, status, (now - ended_at) / 1000) AS pending
    FROM reservation JOIN clock ON service = 'reservation'
    WHERE ended_at IS NOT NULL AND payment_cancelled_at IS NULL AND id IN (SELECT reservation_id FROM waiting)`,
};
