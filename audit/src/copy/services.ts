import { Client } from 'pg';
import { reading, STORED, type AuditedSystem, type Stored } from '../system';
import type { Copy } from './copy';
import { ROW_DIGEST } from './digest';

const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint AS ${column}`;

/** What is copied of every service's messaging. */
const messaging = (service: Stored): Record<string, string> => ({
  clock: `SELECT '${service}' AS service, floor(extract(epoch FROM now()) * 1000)::bigint AS now`,
  outbox: `SELECT event_id, '${service}' AS service, seq, topic, subject, version, headers ->> 'ce_type' AS type,
    ${ROW_DIGEST} AS digest, (body IS NULL)::int AS forgets, ${ms('published_at')} FROM outbox`,
  inbox: `SELECT '${service}' AS consumer, event_id, ${ms('applied_at')} FROM inbox`,
  consumer_offset: `SELECT '${service}' AS consumer, topic, partition, next_offset AS next FROM consumer_offset`,
  dead_letter: `SELECT '${service}' AS consumer, id, topic, aggregate, event_id, type, reason, queued
    FROM dead_letter WHERE resolved_at IS NULL`,
  forgotten: `SELECT '${service}' AS store, what, ${ms('until')} FROM forgotten`,
  checkpoint: `SELECT '${service}' AS service, ${ms('as_of')} FROM outbox_checkpoint`,
});

/** What is copied of each service's own state: table -> query. */
const own: Record<Stored, Record<string, string>> = {
  musical: {
    musical: 'SELECT id, version FROM musical',
    grade: 'SELECT id, performance_id, capacity, free FROM grade',
    hold: 'SELECT reservation_id, performance_id, state, lines::text AS lines FROM hold',
    hold_line: `SELECT reservation_id, line ->> 'gradeId' AS grade_id, (line ->> 'seats')::int AS seats, state, performance_id
      FROM hold CROSS JOIN jsonb_array_elements(lines) AS line WHERE state <> 'released'`,
  },
  reservation: {
    intent: `SELECT reservation_id, state, ${ms('claimed_at')} FROM intent`,
    reservation: `SELECT id, lines::text AS lines, price, status, ${ms('payment_deadline')}, version, ${ms('ended_at')},
      ${ms('seats_released_at')}, ${ms('payment_cancelled_at')} FROM reservation`,
  },
  payment: {
    payment: `SELECT reservation_id, version, status, ${ms('next_attempt_at')} FROM payment`,
    ledger: 'SELECT attempt_id, reservation_id, kind, amount FROM ledger',
  },
  notification: {
    notice: 'SELECT id, events AS version FROM notice',
  },
};

const ROWS_AT_ONCE = 5_000;

/** Copies all four databases, each as of one moment of its own. */
export async function copyServices(copy: Copy, { databases }: AuditedSystem): Promise<void> {
  await Promise.all(
    STORED.map((service) =>
      reading(`The ${service} database`, () =>
        inSnapshot(databases[service], async (client) => {
          for (const [table, query] of Object.entries({ ...messaging(service), ...own[service] })) {
            await copyRows(client, query, (rows) => copy.insert(table, rows));
          }
        }),
      ),
    ),
  );
}

async function inSnapshot(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'audit' });
  // A connection that breaks is told by the query under way.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await work(client);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function copyRows(client: Client, query: string, insert: (rows: object[]) => void): Promise<void> {
  await client.query(`DECLARE copied NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    const { rows } = await client.query<object>(`FETCH ${ROWS_AT_ONCE} FROM copied`);
    insert(rows);
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE copied');
}
