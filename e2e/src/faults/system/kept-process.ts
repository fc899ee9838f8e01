import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { startDaemon, type Daemon } from '@outerpark/dev/servers/daemon';
import { logLines } from '@outerpark/dev/start/log-lines';
import { inherited } from '../../config';

export interface ProcessOptions {
  name: string;
  script: string;
  env: Record<string, string>;
  /** Answers 200 when it is ready. */
  readyUrl: string;
  logFile: string;
  /** Told of each process, so that all of them end with the run. */
  onPid: (pid: number) => void;
}

/** A process that is started again whenever it dies, as a cluster does. */
export interface KeptProcess {
  name: string;
  /** Waits until it is ready. Throws with its log when it does not become so. */
  ready(): Promise<void>;
  /** SIGKILL ends it, and it is started again; SIGSTOP freezes it, SIGCONT thaws it. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it by SIGKILL and keeps it down until `up`. */
  down(): Promise<void>;
  up(): void;
  /** As a rolling update does it: in order, with a changed environment, and waits until it is ready. */
  replace(changes?: Record<string, string>): Promise<void>;
  /** How often it was started. */
  starts(): number;
  /** Ends it for good. */
  end(): Promise<void>;
}

const RESTART_MS = 300;
const READY_LIMIT_MS = 90_000;
const DRAIN_LIMIT_MS = 20_000;

export function keepProcess({ name, script, env, readyUrl, logFile, onPid }: ProcessOptions): KeptProcess {
  let current: Daemon | undefined;
  let wanted = true;
  let ended = false;
  let starts = 0;
  let environment = { ...inherited(), ...env };

  const run = async (): Promise<void> => {
    while (!ended) {
      if (!wanted) {
        await sleep(50);
        continue;
      }
      current = await startDaemon(process.execPath, [script], { logFile, env: environment });
      onPid(current.pid);
      starts += 1;
      await current.exited;
      current = undefined;
      if (wanted && !ended) await sleep(RESTART_MS);
    }
  };
  const running = run();

  const gone = async (): Promise<void> => {
    while (current) await sleep(20);
  };
  const down = async (): Promise<void> => {
    wanted = false;
    current?.signal('SIGKILL');
    await gone();
  };
  const ready = async (): Promise<void> => {
    for (const until = Date.now() + READY_LIMIT_MS; !(await answers(readyUrl)); await sleep(100)) {
      if (Date.now() < until) continue;
      throw new CannotStart(`${name} did not become ready. Its log, ${logFile}, ends with:\n${logLines(logFile, 10)}`);
    }
  };

  return {
    name,
    ready,
    signal: (signal) => current?.signal(signal),
    down,
    up: () => void (wanted = true),
    replace: async (changes = {}) => {
      wanted = false;
      environment = { ...environment, ...changes };
      await current?.stop('SIGTERM', DRAIN_LIMIT_MS);
      await gone();
      wanted = true;
      await ready();
    },
    starts: () => starts,
    end: async () => {
      ended = true;
      await down();
      await running;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
