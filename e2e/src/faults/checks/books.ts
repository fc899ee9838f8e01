import { Client } from 'pg';
import { sql } from '../system/sql';
import type { FaultSystem } from '../system/system';
import type { Outcome, ProviderLedger } from './ledger';

/** All reservations, from their service's own table. */
export async function readOutcomes({ audited }: FaultSystem): Promise<Outcome[]> {
  const client = new Client({ connectionString: audited.databases.reservation });
  await client.connect();
  try {
    const { rows } = await client.query<Outcome>(
      `SELECT id, customer_id AS "customerId", status, price::int AS price, version FROM reservation`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

export async function readLedger({ audited }: FaultSystem): Promise<ProviderLedger> {
  const answer = await fetch(`${audited.providerUrl}/ledger`);
  return (await answer.json()) as ProviderLedger;
}

export async function countWebhooks({ audited }: FaultSystem): Promise<number> {
  const [row] = await sql<{ count: string }>(audited.databases.payment, 'SELECT count(*) FROM webhook');
  return Number(row!.count);
}
