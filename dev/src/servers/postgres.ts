import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { CannotStart, diskFull } from './cannot-start';
import { type Daemon, logTail, startDaemon, stopLeftOver } from './daemon';
import { isPortFree } from './free-port';
import { postgresBinaries } from './postgres-binaries';
import { admin, initialise } from './postgres-data';
import { postgresUser, requireReachable } from './postgres-user';

export interface PostgresOptions {
  /** Kept between starts: `data` and `postgres.log` come in here. */
  dir: string;
  port: number;
  /** False for tests only: commits no longer survive a crash of the machine (nor quite one of the server), but are faster. */
  durable?: boolean;
  /** Instead of or beside those that are given here. */
  settings?: Record<string, string>;
}

export interface Postgres {
  pid: number;
  port: number;
  /** The superuser's, to make databases with (see `ensureDatabase`). */
  adminUrl: string;
  url: (user: string, password: string, database: string) => string;
  exited: Daemon['exited'];
  /** A fast shutdown: open transactions are rolled back, nothing committed is lost. */
  stop: () => Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

/** Starts the embedded PostgreSQL on 127.0.0.1 and returns when it answers. What a killed supervisor left running in `dir` is stopped first. */
export const startPostgres = async ({
  dir,
  port,
  durable = true,
  settings: ownSettings = {},
}: PostgresOptions): Promise<Postgres> => {
  const binaries = postgresBinaries();
  const user = postgresUser();
  mkdirSync(dir, { recursive: true });
  if (user) [dir, binaries.postgres].forEach((path) => requireReachable(path, user));
  const data = join(dir, 'data');
  const logFile = join(dir, 'postgres.log');

  await stopLeftOverServer(data);
  if (!(await isPortFree(port)))
    throw new CannotStart(`Port ${port}, which PostgreSQL needs, is taken by another program.`);
  await initialise(dir, data, binaries, user, durable);

  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 300,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable
      ? { fsync: 'on', synchronous_commit: 'on' }
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...ownSettings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const daemon = await startDaemon(binaries.postgres, ['-D', data, ...flags], { logFile, cwd: dir, ...user });

  const url = (name: string, password: string, database: string): string =>
    `postgres://${encodeURIComponent(name)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const adminUrl = url(admin.user, admin.password, 'postgres');
  try {
    await waitUntilItAnswers(adminUrl, daemon, logFile);
  } catch (error) {
    await daemon.stop('SIGINT', STOP_LIMIT_MS);
    throw error;
  }
  return {
    pid: daemon.pid,
    port,
    adminUrl,
    url,
    exited: daemon.exited,
    stop: () => daemon.stop('SIGINT', STOP_LIMIT_MS),
  };
};

const stopLeftOverServer = async (data: string): Promise<void> => {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  await stopLeftOver(pid, data, 'SIGINT', STOP_LIMIT_MS);
};

const waitUntilItAnswers = async (adminUrl: string, daemon: Daemon, logFile: string): Promise<void> => {
  for (const until = Date.now() + START_LIMIT_MS; Date.now() < until; await sleep(50)) {
    if (!daemon.isRunning()) break;
    const client = new Client({ connectionString: adminUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch {
      // Not yet.
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  const told = logTail(logFile, 5);
  throw (
    diskFull(told, logFile) ?? new CannotStart(`PostgreSQL did not start. Its log, ${logFile}, ends with:\n${told}`)
  );
};
