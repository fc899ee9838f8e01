import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from '../servers/cannot-start';
import { commandOf, stopLeftOver } from '../servers/daemon';

export interface PidFile {
  pid: number;
  /** What the command line of that process contains. */
  mark: string;
  /** How it is asked to end. */
  signal: NodeJS.Signals;
}

/** Of a supervisor, however its path was written. */
const SUPERVISOR = 'start/main.js';

const LEFT_OVER_LIMIT_MS = 10_000;

const read = (file: string): PidFile | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PidFile;
  } catch {
    // Cut by a crash of the machine, after which nothing runs.
    return undefined;
  }
};

/** Notes that this process supervises `home`; throws when another one does. Answers how to end that. */
export const takeHome = (home: string): (() => void) => {
  const file = join(home, 'supervisor.json');
  const own: PidFile = { pid: process.pid, mark: SUPERVISOR, signal: 'SIGTERM' };
  const other = read(file);
  if (other && other.pid !== own.pid && commandOf(other.pid)?.includes(other.mark)) {
    throw new CannotStart(
      `OuterPark runs already in ${home} (process ${other.pid}); stop it first with Ctrl-C in its terminal.`,
    );
  }
  rmSync(file, { force: true });
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CannotStart(`OuterPark is being started in ${home} by another process at this moment.`);
  }
  return () => rmSync(file, { force: true });
};

/** One file for each process that was started, so that a next supervisor finds what a killed one left. */
export const pidFiles = (home: string) => {
  const dir = join(home, 'pids');
  mkdirSync(dir, { recursive: true });
  const fileOf = (name: string): string => join(dir, `${name}.json`);
  return {
    write: (name: string, { pid, mark, signal }: PidFile): void =>
      writeFileSync(fileOf(name), JSON.stringify({ pid, mark, signal })),
    remove: (name: string): void => rmSync(fileOf(name), { force: true }),
    /** For who does not want to wait: everything ends at once, and is stopped in order no more. */
    killAll: (): void => {
      for (const file of readdirSync(dir)) {
        const found = read(join(dir, file));
        if (found && commandOf(found.pid)?.includes(found.mark)) process.kill(found.pid, 'SIGKILL');
      }
    },
    /** Stops what is left, services before the servers they use; answers how many there were. */
    stopLeftOvers: async (last: string[]): Promise<number> => {
      const names = readdirSync(dir).map((file) => file.replace(/\.json$/, ''));
      const stop = async (name: string): Promise<number> => {
        const found = existsSync(fileOf(name)) ? read(fileOf(name)) : undefined;
        const stopped = found && (await stopLeftOver(found.pid, found.mark, found.signal, LEFT_OVER_LIMIT_MS));
        rmSync(fileOf(name), { force: true });
        return stopped ? 1 : 0;
      };
      const first = await Promise.all(names.filter((name) => !last.includes(name)).map(stop));
      const rest = await Promise.all(names.filter((name) => last.includes(name)).map(stop));
      return [...first, ...rest].reduce((sum, one) => sum + one, 0);
    },
  };
};
export type PidFiles = ReturnType<typeof pidFiles>;
