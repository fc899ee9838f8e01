import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '@outerpark/chassis/errors';
import { Client } from 'pg';
import type { Row } from './run-case';
import type { FaultSystem } from './system/system';

const TABLES = [
  'reservation',
  'intent',
  'hold',
  'grade',
  'payment',
  'attempt',
  'ledger',
  'notice',
  'outbox',
  'dead_letter',
  'consumer_offset',
  'relay_lease',
];

/** Writes beside the logs of a failed case what its stores have: one JSON line a row, and the provider's ledger. */
export async function keepEvidence({ home, audited }: FaultSystem, row: Row): Promise<void> {
  writeFileSync(join(home, 'row.json'), JSON.stringify(row, null, 2));
  const keep = async (name: string, work: () => Promise<string>): Promise<void> => {
    writeFileSync(
      join(home, name),
      await work().catch((error: unknown) => `could not be read: ${errorMessage(error)}\n`),
    );
  };
  await keep('provider-ledger.json', async () => (await fetch(`${audited.providerUrl}/ledger`)).text());
  for (const [service, url] of Object.entries(audited.databases)) {
    await keep(`${service}.jsonl`, () => rowsOf(url));
  }
}

async function rowsOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const lines: string[] = [];
    for (const table of TABLES) {
      const { rows: found } = await client.query<{ there: string | null }>('SELECT to_regclass($1) AS there', [table]);
      if (!found[0]?.there) continue;
      const { rows } = await client.query<object>(`SELECT * FROM ${table}`);
      lines.push(...rows.map((row) => JSON.stringify({ table, ...row })));
    }
    return `${lines.join('\n')}\n`;
  } finally {
    await client.end();
  }
}

/** The commit that is tried, for the report; with a plus when the working tree has changes. */
export async function commit(): Promise<string> {
  const git = async (...args: string[]) => (await promisify(execFile)('git', args, { cwd: __dirname })).stdout.trim();
  try {
    const [hash, changes] = [
      await git('rev-parse', '--short', 'HEAD'),
      await git('status', '--porcelain', '--untracked-files=no'),
    ];
    return changes === '' ? hash : `${hash}+`;
  } catch {
    return 'unknown';
  }
}
