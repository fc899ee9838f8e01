import { readFileSync } from 'node:fs';
import type { RunFile } from '@outerpark/dev/start/run-file';
import { sampleProcesses } from '@outerpark/e2e/soak/processes';

/** What the kernel counts in (USER_HZ, fixed for every Linux program). */
const TICKS_A_SECOND = 100;

export interface Cost {
  /** User and system time, with that of its children. */
  cpuSeconds: number;
  rssMb: number;
}

/** What each process of the system has used so far. */
export async function costs(run: RunFile): Promise<Record<string, Cost>> {
  const memory = await sampleProcesses(run);
  return Object.fromEntries(
    Object.entries(run.pids).map(([name, pid]) => [
      name,
      { cpuSeconds: cpuSecondsOf(pid), rssMb: memory[name]?.rssMb ?? 0 },
    ]),
  );
}

function cpuSecondsOf(pid: number): number {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  // Of those that have ended the process itself has the sum.
  const ticks = ticksOf(pid, [13, 14, 15, 16]) + children.reduce((sum, child) => sum + ticksOf(child, [13, 14]), 0);
  return ticks / TICKS_A_SECOND;
}

/** Fields of /proc/PID/stat, counted from 0; the name in it may have spaces. */
function ticksOf(pid: number, fields: number[]): number {
  const stat = read(`/proc/${pid}/stat`);
  const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(after[field - 2] ?? 0), 0);
}

/** A process may end between two looks. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
