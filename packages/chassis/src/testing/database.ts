import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** An empty database of its own on the PostgreSQL that the test run has started. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = process.env.TEST_POSTGRES_ADMIN_URL;
  if (!admin) throw new Error('TEST_POSTGRES_ADMIN_URL is not set: is this test in a project with the global setup?');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await run(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

export interface Snapshot {
  /** Makes the database what it was, under whoever is connected: their connections break. */
  putBack(): Promise<void>;
  drop(): Promise<void>;
}

/** Copies a test database to which nobody is connected. */
export async function takeSnapshot(url: string): Promise<Snapshot> {
  const admin = process.env.TEST_POSTGRES_ADMIN_URL!;
  const name = new URL(url).pathname.slice(1);
  const copy = `${name}_then`;
  await run(admin, `CREATE DATABASE ${copy} TEMPLATE ${name}`);
  return {
    putBack: async () => {
      await run(admin, `DROP DATABASE ${name} WITH (FORCE)`);
      await run(admin, `CREATE DATABASE ${name} TEMPLATE ${copy}`);
    },
    drop: () => run(admin, `DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`),
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
