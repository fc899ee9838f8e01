import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { userInfo } from 'node:os';
import { CannotStart } from './cannot-start';

export interface UnixUser {
  uid: number;
  gid: number;
}

const idsOf = (name: string): UnixUser | undefined => {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
};

/** PostgreSQL refuses to run as root, so root runs it as the user `postgres`, who is made when missing. Anybody else: nothing. */
export const postgresUser = (): UnixUser | undefined => {
  if (userInfo().uid !== 0) return undefined;
  const existing = idsOf('postgres');
  if (existing) return existing;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  } catch {
    // Said below.
  }
  const made = idsOf('postgres');
  if (made) return made;
  throw new CannotStart(
    'PostgreSQL does not run as root, and a user postgres could not be made; start as an ordinary user or make that user.',
  );
};

/** Throws when that user may not enter a folder on the way to `path`, such as /root. */
export const requireReachable = (path: string, user: UnixUser): void => {
  for (let dir = path; dir !== dirname(dir); dir = dirname(dir)) {
    const { mode, uid, gid } = statSync(dir);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (mode & bit) continue;
    throw new CannotStart(
      `PostgreSQL does not run as root, and the user postgres may not enter ${dir}; start as an ordinary user, or move this checkout (or OUTERPARK_HOME) to a folder that others may enter.`,
    );
  }
};
