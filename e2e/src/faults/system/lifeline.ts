import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Lifeline {
  /** That process ends with this one. */
  add(pid: number): void;
  release(): void;
}

/**
 * A shell that waits for the end of this process, however it ends, by the pipe it holds, and then kills what was started in
 * `home`: whatever has that folder in its environment or its command line, for process ids are given again to others.
 */
export function holdLifeline(home: string): Lifeline {
  const pids = join(home, 'pids');
  mkdirSync(pids, { recursive: true });
  const script = `
    cat >/dev/null
    for file in "$0"/pids/*; do
      pid=\${file##*/}
      grep -qsF "$0" "/proc/$pid/environ" "/proc/$pid/cmdline" && kill -9 "$pid" 2>/dev/null
    done`;
  const shell = spawn('sh', ['-c', script, home], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return {
    add: (pid) => writeFileSync(join(pids, String(pid)), ''),
    release: () => void shell.kill(),
  };
}
