import { PARTITIONS, type Topic } from '@outerpark/contracts/topics';
import type { AttentionKind } from '../operators/attention';
import { HEADS } from './dead-letters';

// What can be stuck in the messaging of any service. The queries run on PostgreSQL and on SQLite.

/** When the first event that has not reached the broker was written: one look at an index, however many there are. */
export const OLDEST_UNPUBLISHED = `SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 1`;

/** Of a service that publishes: events that do not reach the broker. Who only counts the items does not count the events. */
export const stalledOutbox = (limitMs: number): AttentionKind => ({
  kind: 'outbox',
  limitMs,
  sql: `SELECT 'outbox' AS subject, created_at AS since, NULL AS "lastError",
          (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS events
        FROM (${OLDEST_UNPUBLISHED}) AS oldest WHERE created_at < $1`,
  what: ({ events }) => `${String(events)} events have not reached the broker.`,
  actions: [],
});

/** Of a service that consumes: topics that it does not come to the end of, and events that it has set aside. */
export const stalledInbox = (limitMs: number, topics: Topic[], startedAt: Date): AttentionKind[] => [
  {
    kind: 'consumer',
    limitMs,
    // What was never seen at its end has not been so since the start.
    sql: `SELECT topic AS subject, min(at_end) AS since, NULL AS "lastError", sum(partitions) AS partitions FROM (
            SELECT topic, coalesce(at_end_at, '${startedAt.toISOString()}') AS at_end, 1 AS partitions FROM consumer_offset
            UNION ALL
            SELECT t.column1, '${startedAt.toISOString()}',
              ${PARTITIONS} - (SELECT CAST(count(*) AS int) FROM consumer_offset o WHERE o.topic = t.column1)
            FROM (VALUES ${topics.map((topic) => `('${topic}')`).join(', ')}) AS t
          ) AS p WHERE at_end < $1 AND partitions > 0 GROUP BY topic`,
    what: ({ subject, partitions }) =>
      `${String(partitions)} of ${PARTITIONS} partitions of ${String(subject)} are not read to their end.`,
    actions: [],
  },
  {
    kind: 'dead-letter',
    limitMs: 0,
    sql: `SELECT cause AS subject, min(created_at) AS since, min(reason) AS "lastError", min(type) AS type,
            count(*) AS aggregates
          FROM dead_letter WHERE created_at <= $1 AND id IN (${HEADS}) GROUP BY cause`,
    what: ({ type, aggregates }) =>
      `${typeof type === 'string' ? type : 'An event'} cannot be applied; ${String(aggregates)} aggregates wait for it.`,
    actions: ['replay', 'discard'],
  },
];
