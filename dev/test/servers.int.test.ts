import { Client } from 'pg';
import { ensureDatabase } from '../src/servers/ensure-database';
import { portAnswers } from '../src/servers/free-port';

const adminUrl = process.env.TEST_POSTGRES_ADMIN_URL!;

const connectAs = async (user: string, database: string): Promise<string> => {
  const url = Object.assign(new URL(adminUrl), { username: user, password: `${user}'s "word"`, pathname: database });
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    return ((await client.query('SELECT current_database() AS name')).rows[0] as { name: string }).name;
  } finally {
    await client.end();
  }
};

describe('the servers of a test run', () => {
  const owner = (name: string) => ({ name, user: name, password: `${name}'s "word"` });

  test('a database belongs to its role alone, and can be asked for again, at once too', async () => {
    await Promise.all(['a', 'a', 'b', 'a'].map((name) => ensureDatabase(adminUrl, owner(`servers-${name}`))));

    await expect(connectAs('servers-a', 'servers-a')).resolves.toBe('servers-a');
    await expect(connectAs('servers-b', 'servers-a')).rejects.toThrow('permission denied');
  });

  test('Kafka answers', async () => {
    const port = Number(process.env.TEST_KAFKA_BROKERS!.split(':')[1]);
    await expect(portAnswers(port)).resolves.toBe(true);
  });
});
