import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CannotStart, diskFull } from './cannot-start';
import type { PostgresBinaries } from './postgres-binaries';
import type { UnixUser } from './postgres-user';

/** The superuser of an embedded PostgreSQL, which listens on 127.0.0.1 only. */
export const admin = { user: 'postgres', password: 'outerpark' };

/** Makes the cluster beside its place and moves it there when it is whole, so that an interrupted first start leaves nothing half made. */
export const initialise = async (
  dir: string,
  data: string,
  { initdb }: PostgresBinaries,
  user: UnixUser | undefined,
  durable: boolean,
): Promise<void> => {
  if (existsSync(data)) return requireVersion(data, initdb);
  const unfinished = join(dir, 'data.unfinished');
  const passwordFile = join(dir, 'password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, admin.password, { mode: 0o600 });
  if (user) [unfinished, passwordFile].forEach((path) => chownSync(path, user.uid, user.gid));
  try {
    await promisify(execFile)(
      initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${admin.user}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { cwd: dir, ...user },
    );
  } catch (error) {
    const told = String((error as { stderr?: string }).stderr || error).trim();
    throw diskFull(told, dir) ?? new CannotStart(`PostgreSQL could not make its data folder ${data}: ${told}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, data);
};

const requireVersion = async (data: string, initdb: string): Promise<void> => {
  const has = existsSync(join(data, 'PG_VERSION')) ? readFileSync(join(data, 'PG_VERSION'), 'utf8').trim() : 'unknown';
  const { stdout } = await promisify(execFile)(initdb, ['--version']);
  const wants = /\) (\d+)/.exec(stdout)?.[1];
  if (has === wants) return;
  throw new CannotStart(
    `The data in ${data} is of PostgreSQL ${has} and the installed one is ${wants}; npm start -- --fresh forgets the data and starts anew.`,
  );
};
