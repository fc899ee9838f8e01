import type { Retention } from '@outerpark/chassis/retention';

interface Periods {
  keepInboxDays: number;
  keepDeadLettersDays: number;
}

/** What a replica's file forgets, as the chassis does it in PostgreSQL. */
export const retentions = ({ keepInboxDays, keepDeadLettersDays }: Periods): Retention[] => [
  {
    what: 'inbox',
    days: keepInboxDays,
    sql: `DELETE FROM inbox WHERE event_id IN (
            SELECT event_id FROM inbox WHERE applied_at < $1 ORDER BY applied_at LIMIT $2)
          RETURNING applied_at AS at`,
  },
  {
    what: 'dead_letter',
    days: keepDeadLettersDays,
    sql: `DELETE FROM dead_letter WHERE id IN (
            SELECT id FROM dead_letter WHERE resolved_at < $1 ORDER BY resolved_at LIMIT $2)
          RETURNING resolved_at AS at`,
  },
];
