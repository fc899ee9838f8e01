import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart, diskFull } from '../servers/cannot-start';
import { type Daemon, logTail, startDaemon } from '../servers/daemon';
import { logLines } from './log-lines';
import type { Part } from './part';
import type { PidFiles } from './pid-files';
import { say } from './terminal';

export interface ProcessPart {
  name: string;
  /** The compiled main file. */
  script: string;
  /** What is added to this process's own environment. */
  env: Record<string, string>;
  /** Answers 200 when it is ready. */
  readyUrl: string;
  logDir: string;
  pids: PidFiles;
}

const READY_LIMIT_MS = 90_000;
/** A start is quicker than that, unless it waits for somebody. */
const TELL_AFTER_MS = 5_000;
/** The services drain within less. */
const STOP_LIMIT_MS = 15_000;

/** A Node.js program of ours as a part: `node <script>`, logging to `<name>.log`. */
export const processPart = ({ name, script, env, readyUrl, logDir, pids }: ProcessPart): Part => {
  const logFile = join(logDir, `${name}.log`);
  return {
    name,
    address: new URL(readyUrl).origin,
    logFile,
    start: async (signal) => {
      signal.throwIfAborted();
      const daemon = await startDaemon(process.execPath, [script], { logFile, env: { ...process.env, ...env } });
      const process_ = { pid: daemon.pid, mark: script, signal: 'SIGTERM' as const };
      pids.write(name, process_);
      try {
        await untilReady(name, daemon, readyUrl, logFile, signal);
      } catch (error) {
        await daemon.stop('SIGTERM', STOP_LIMIT_MS);
        pids.remove(name);
        throw error;
      }
      return { ...process_, exited: daemon.exited, stop: () => daemon.stop('SIGTERM', STOP_LIMIT_MS) };
    },
  };
};

const untilReady = async (
  name: string,
  daemon: Daemon,
  readyUrl: string,
  logFile: string,
  signal: AbortSignal,
): Promise<void> => {
  const since = Date.now();
  const until = since + READY_LIMIT_MS;
  let told: string | undefined;
  for (let answer = await ask(readyUrl); !answer.ready; answer = await ask(readyUrl)) {
    signal.throwIfAborted();
    if (answer.waits !== undefined && answer.waits !== told && Date.now() - since > TELL_AFTER_MS) {
      told = answer.waits;
      say(`  ${name} is ${told}`);
    }
    if (daemon.isRunning() && Date.now() < until) {
      await sleep(100);
      continue;
    }
    const what = daemon.isRunning()
      ? `did not become ready within ${READY_LIMIT_MS / 1000} s`
      : 'ended before it was ready';
    throw (
      diskFull(logTail(logFile, 20), logFile) ??
      new CannotStart(`${name} ${what}. Its log, ${logFile}, ends with:\n${logLines(logFile, 10)}`)
    );
  }
};

/** Whether it is ready, and if it says so what it waits for. */
const ask = async (url: string): Promise<{ ready: boolean; waits?: string }> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const text = await answer.text();
    if (answer.ok) return { ready: true };
    return { ready: false, waits: (JSON.parse(text) as { checks?: { start?: string } }).checks?.start };
  } catch {
    return { ready: false };
  }
};
