import { deleteOld, type Retention } from '../retention';

interface Periods {
  keepInboxDays: number;
  keepOutboxDays: number;
  keepDeadLettersDays: number;
}

/**
 * What a service's messaging forgets. Ids of applied events guard against the relay's second send, which comes seconds after the
 * first or, by a relay that was frozen, when that is thawed. Dead letters are kept for a while after they were resolved.
 */
export const messagingRetentions = ({ keepInboxDays, keepOutboxDays, keepDeadLettersDays }: Periods): Retention[] => [
  { what: 'inbox', days: keepInboxDays, sql: deleteOld('inbox', 'applied_at') },
  { what: 'outbox', days: keepOutboxDays, sql: deleteOld('outbox', 'published_at', BEHIND_THE_CHECKPOINT) },
  { what: 'dead_letter', days: keepDeadLettersDays, sql: deleteOld('dead_letter', 'resolved_at') },
];

/**
 * Only what the audit has found in Kafka: `published_at` alone is the word of the relay. A row with a lower `seq` may have been
 * committed after the audit looked, but then it was also sent after it. Before the first checkpoint nothing is deleted.
 */
const BEHIND_THE_CHECKPOINT = `published_at <= (SELECT as_of FROM outbox_checkpoint)
  AND seq <= (SELECT seq FROM outbox_checkpoint)`;
