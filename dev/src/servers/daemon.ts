import { spawn, execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server process that somebody else wrote, or a service of ours. */
export interface Daemon {
  pid: number;
  /** Settles when the process has ended, however it ended. */
  exited: Promise<Exit>;
  isRunning: () => boolean;
  signal: (signal: NodeJS.Signals) => void;
  /** Asks it to end by `signal`, insists by SIGKILL after `deadlineMs`, and returns when it is gone. */
  stop: (signal: NodeJS.Signals, deadlineMs: number) => Promise<void>;
}

export interface DaemonOptions {
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches only its supervisor, which then stops all in order.
 * It writes to a file and not to a pipe, so it outlives a killed supervisor without being hurt. Rejects when it cannot be spawned.
 */
export const startDaemon = async (command: string, args: string[], options: DaemonOptions): Promise<Daemon> => {
  const { logFile, ...rest } = options;
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { ...rest, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));

  let running = true;
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code, signal });
    }),
  );
  return {
    pid: child.pid!,
    exited,
    isRunning: () => running,
    signal: (signal) => void child.kill(signal),
    stop: async (signal, deadlineMs) => {
      if (!running) return;
      child.kill(signal);
      const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      await exited;
      clearTimeout(deadline);
    },
  };
};

/** The command line of a running process, or nothing when there is none of that id. */
export const commandOf = (pid: number): string | undefined => {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') || undefined;
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
};

/**
 * Stops what a killed supervisor left behind: the process of that id, but only if its command line contains `mark`, because
 * ids are given again to others. Returns when it is gone; answers whether there was one.
 */
export const stopLeftOver = async (
  pid: number,
  mark: string,
  signal: NodeJS.Signals,
  deadlineMs: number,
): Promise<boolean> => {
  const isOurs = (): boolean => commandOf(pid)?.includes(mark) ?? false;
  if (!isOurs()) return false;
  const send = (it: NodeJS.Signals): void => {
    try {
      process.kill(pid, it);
    } catch {
      // It ended in between.
    }
  };
  send(signal);
  for (const until = Date.now() + deadlineMs; isOurs() && Date.now() < until;) await sleep(50);
  while (isOurs()) {
    send('SIGKILL');
    await sleep(50);
  }
  return true;
};

/** The last lines of a log file; empty when there is no such file. */
export const logTail = (file: string, lines: number): string => {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
};
