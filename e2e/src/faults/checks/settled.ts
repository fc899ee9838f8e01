import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditedSystem, Stored } from '@outerpark/audit/system';
import { Client } from 'pg';

/** What is still under way in each store, as SQL that gives one count; the name tells people what it is. */
const open: Record<Stored, Record<string, string>> = {
  reservation: {
    'open intents': `SELECT count(*) FROM intent WHERE state = 'open'`,
    'reservations that wait for their payment': `SELECT count(*) FROM reservation WHERE status = 'awaiting_payment'`,
    'sagas without an end': `SELECT count(*) FROM reservation WHERE ended_at IS NOT NULL AND (seats_released_at IS NULL OR payment_cancelled_at IS NULL)`,
  },
  payment: { 'payments with a step to take': `SELECT count(*) FROM payment WHERE next_attempt_at IS NOT NULL` },
  musical: {},
  notification: { 'notices to be sent': `SELECT count(*) FROM notice WHERE status = 'pending'` },
};
const everywhere = { 'events to be sent': `SELECT count(*) FROM outbox WHERE published_at IS NULL` };

/** What may be under way in a service's store: what it is called -> SQL that gives one count. */
export const openIn = (service: Stored): Record<string, string> => ({ ...open[service], ...everywhere });

/** Waits until nothing is under way any more, at most so long. Gives the seconds it took, and what was open at the end. */
export async function untilSettled(
  system: Pick<AuditedSystem, 'databases'>,
  withinMs: number,
): Promise<{ seconds: number; open: string[] }> {
  const since = performance.now();
  for (;;) {
    const found = await whatIsOpen(system).catch((error: unknown) => [
      `the stores could not be read: ${String(error)}`,
    ]);
    const ms = performance.now() - since;
    if (found.length === 0 || ms > withinMs) return { seconds: ms / 1000, open: found };
    await sleep(500);
  }
}

async function whatIsOpen({ databases }: Pick<AuditedSystem, 'databases'>): Promise<string[]> {
  const found = await Promise.all(
    (Object.keys(open) as Stored[]).map(async (service) => {
      const client = new Client({ connectionString: databases[service], connectionTimeoutMillis: 5_000 });
      client.on('error', () => undefined);
      await client.connect();
      try {
        const counts: string[] = [];
        for (const [what, sql] of Object.entries(openIn(service))) {
          const { rows } = await client.query<{ count: string }>(sql);
          if (Number(rows[0]!.count) > 0) counts.push(`${rows[0]!.count} ${what} (${service})`);
        }
        return counts;
      } finally {
        await client.end();
      }
    }),
  );
  return found.flat();
}
