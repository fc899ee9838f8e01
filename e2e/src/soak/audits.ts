import { execFile } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '@outerpark/audit/audit';

export interface AuditRun {
  /** Seconds since the load began. */
  at: number;
  ok: boolean;
  readings: number;
  seconds: number;
  messages: number;
  breaches: string[];
}

/** Behind the system, as if it ran on a machine of its own. */
const NICE = 10;

/** `npm run audit -- --checkpoint`, as an operator's cron would. One that cannot read or write is one that fails. */
export function auditOnce(root: string, env: NodeJS.ProcessEnv): Promise<Omit<AuditRun, 'at'>> {
  return new Promise((resolve) => {
    const main = join(root, 'audit/dist/main.js');
    const args = [main, '--json', '--checkpoint'];
    const child = execFile(process.execPath, args, { env, maxBuffer: 64 * 1_048_576 }, (_, out, said) => {
      if (out === '') return resolve({ ok: false, readings: 0, seconds: 0, messages: 0, breaches: [said.trim()] });
      const { ok, readings, tookMs, findings } = JSON.parse(out) as Report;
      const messages = findings.find(({ invariant }) => invariant === 'I5')!.checked.messages ?? 0;
      const breaches = findings.flatMap((finding) => finding.breaches.map((text) => `${finding.invariant}: ${text}`));
      resolve({ ok, readings, seconds: tookMs / 1_000, messages, breaches });
    });
    if (child.pid !== undefined) setPriority(child.pid, NICE);
  });
}

/** Begins an audit every so often until the signal, the next one at once when the one before took longer. */
export async function keepAuditing(
  root: string,
  env: NodeJS.ProcessEnv,
  everyMs: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<AuditRun[]> {
  const runs: AuditRun[] = [];
  const start = performance.now();
  for (let due = start + everyMs; ; due = Math.max(due + everyMs, performance.now())) {
    await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return runs;
    const at = (performance.now() - start) / 1_000;
    const run = { at, ...(await auditOnce(root, env)) };
    runs.push(run);
    say(
      `audit: ${run.ok ? 'all invariants hold' : run.breaches.slice(0, 3).join('; ')}, ${run.messages} messages, ${run.seconds.toFixed(1)} s`,
    );
  }
}
