import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export interface DatabaseOwner {
  /** The database's name. */
  name: string;
  user: string;
  password: string;
}

/** Makes a role and the database it owns, unless they exist, and lets no other role connect to it. Sets the role's password. */
export const ensureDatabase = async (adminUrl: string, { name, user, password }: DatabaseOwner): Promise<void> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const exists = async (query: string, key: string): Promise<boolean> =>
    Boolean((await client.query(query, [key])).rowCount);
  try {
    // One maker at a time: PostgreSQL answers concurrent ALTER ROLE and CREATE of the same name by errors. Released by end().
    await client.query(`SELECT pg_advisory_lock(hashtext('ensureDatabase'))`);
    const [role, database] = [escapeIdentifier(user), escapeIdentifier(name)];
    if (!(await exists('SELECT 1 FROM pg_roles WHERE rolname = $1', user)))
      await client.query(`CREATE ROLE ${role} LOGIN`);
    await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${escapeLiteral(password)}`);
    if (!(await exists('SELECT 1 FROM pg_database WHERE datname = $1', name))) {
      await client.query(`CREATE DATABASE ${database} OWNER ${role}`);
    }
    await client.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
  } finally {
    await client.end();
  }
};
