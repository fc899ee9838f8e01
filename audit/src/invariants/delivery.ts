import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';
import { MAY_BE_GONE } from '../checkpoint';
import { always, atLast, type Invariant } from '../invariant';

/** An id in an inbox has the time of the process that applied the event, and a process's clock may be minutes off. */
const CLOCKS_MS = 600_000;

/** Where each event lies first: the relay may have sent it again. */
const FIRST = `(SELECT id, topic, partition, min(position) AS position FROM event GROUP BY id)`;

/**
 * Kafka may have compacted a contact away, and then only its outbox row tells what it was; unless that was dropped behind the
 * checkpoint, up to which everything had been applied.
 */
const MAY_BE_A_CONTACT = `(
  EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = b.event_id AND o.topic = '${CONTACTS_TOPIC}')
  OR b.consumer IN (SELECT consumer FROM interest WHERE topic = '${CONTACTS_TOPIC}') AND EXISTS (
    SELECT 1 FROM dropped d, checkpoint c WHERE d.topic = '${CONTACTS_TOPIC}' AND c.service = 'reservation'
      AND b.applied_at <= c.as_of + ${CLOCKS_MS}))`;

export const delivery: Invariant = {
  name: 'I5',
  title: 'every event arrives, and is applied once',
  figures: `SELECT (SELECT count(*) FROM outbox) AS "outbox rows",
    (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished, (SELECT count(*) FROM event) AS messages,
    (SELECT count(*) FROM (SELECT DISTINCT consumer FROM interest)) AS consumers, (SELECT count(*) FROM inbox) AS applied,
    (SELECT count(*) FROM dead_letter WHERE NOT queued) AS "dead letters",
    (SELECT count(*) FROM dead_letter WHERE queued) AS "queued behind them"`,
  checks: [
    atLast(`
      SELECT format('%s %s of %s: written %s, and not in Kafka', type, event_id, service, CASE WHEN published_at IS NULL
        THEN 'and not sent' ELSE 'and marked as sent' END) AS breach
      FROM outbox o WHERE event_id NOT IN (SELECT id FROM event WHERE id IS NOT NULL)
        AND NOT (published_at IS NOT NULL AND ${MAY_BE_GONE})`),

    always(`
      SELECT format('%s %s: is another in Kafka (%s/%d@%d) than in the outbox of %s', o.type, o.event_id, e.topic, e.partition,
        e.position, o.service) AS breach
      FROM event e JOIN outbox o ON o.event_id = e.id WHERE o.digest <> e.digest OR o.topic <> e.topic`),

    always(`
      SELECT format('%s %s (%s/%d@%d): passed over by %s', e.type, e.id, e.topic, e.partition, e.position, i.consumer) AS breach
      FROM event e JOIN interest i ON i.topic = e.topic AND i.type = e.type
        JOIN consumer_offset c ON c.consumer = i.consumer AND c.topic = e.topic AND c.partition = e.partition
      WHERE e.position < c.next AND e.id IS NOT NULL
        AND e.time > coalesce((SELECT until + ${CLOCKS_MS} FROM forgotten f WHERE f.store = i.consumer AND f.what = 'inbox'), 0)
        AND NOT EXISTS (SELECT 1 FROM inbox b WHERE b.consumer = i.consumer AND b.event_id = e.id)`),

    // No further at both readings: while it advances it is another key.
    atLast(`
      SELECT format('%s: has applied %s/%d up to %d, and the end is %d', i.consumer, e.topic, e.partition, coalesce(c.next, 0),
        max(e.position) + 1) AS breach, format('%s %s/%d@%d', i.consumer, e.topic, e.partition, coalesce(c.next, 0)) AS key
      FROM (SELECT DISTINCT consumer, topic FROM interest) i JOIN event e ON e.topic = i.topic
        LEFT JOIN consumer_offset c ON c.consumer = i.consumer AND c.topic = e.topic AND c.partition = e.partition
      GROUP BY i.consumer, e.topic, e.partition HAVING max(e.position) >= coalesce(c.next, 0)`),

    always(`
      SELECT format('%s: goes on at %s/%d@%d, beyond the end %d', c.consumer, c.topic, c.partition, c.next, t.after) AS breach
      FROM consumer_offset c LEFT JOIN topic_end t ON t.topic = c.topic AND t.partition = c.partition
      WHERE c.next > coalesce(t.after, 0)`),

    always(`
      SELECT format('%s: has applied event %s, which is not in Kafka', b.consumer, b.event_id) AS breach
      FROM inbox b WHERE b.event_id NOT IN (SELECT id FROM event WHERE id IS NOT NULL) AND NOT ${MAY_BE_A_CONTACT}`),

    always(`
      SELECT format('%s: goes on at %s/%d@%d, behind event %s at %d, which it has applied', b.consumer, e.topic, e.partition,
        coalesce(c.next, 0), e.id, e.position) AS breach
      FROM inbox b JOIN ${FIRST} e ON e.id = b.event_id
        LEFT JOIN consumer_offset c ON c.consumer = b.consumer AND c.topic = e.topic AND c.partition = e.partition
      WHERE e.position >= coalesce(c.next, 0)`),

    always(`
      SELECT 'dead ' || consumer || ' ' || min(id) AS key,
        format('%s: dead letter %d, %s of %s, and %d behind it: %s', consumer, min(id), coalesce(type, 'a message'), aggregate,
          count(*) - 1, reason) AS breach
      FROM dead_letter GROUP BY consumer, topic, aggregate`),
  ],
};
