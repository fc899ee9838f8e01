import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a process can be hit between two of its steps. */
export const points = [
  /** An event is committed, and not sent. */
  'before send',
  /** It is sent, and not marked as sent. */
  'before mark',
  /** The intent is committed, and musical is not asked. */
  'before hold',
  /** The seats are held, and the reservation is not stored. */
  'before reservation',
  /** The attempt is committed, and the provider is not asked. */
  'before charge',
  /** The provider has charged, and nothing is recorded. */
  'before record',
  /** The mail is with the mail server, and nothing is recorded. */
  'after mail',
  /** An event has had its effect, and that is not committed. */
  'within a fold',
] as const;
export type Point = (typeof points)[number];

export interface PointsOptions {
  /** Hit one after another, each once, whatever becomes of the process. */
  points: Point[];
  signal: 'SIGKILL' | 'SIGSTOP';
  /** At which passing. */
  nth: number;
  dir: string;
}

/** Says that the process is at this point, and may not return. */
export type Pass = (point: Point) => void;

/** The file by which everybody knows that a point was hit. */
export const markOf = (dir: string, point: Point): string => join(dir, point.replaceAll(' ', '-'));

/** Sends this process the signal when it passes the first of the points that was not hit yet for the nth time. */
export function createPoints({ points, signal, nth, dir }: PointsOptions): Pass {
  let passed = 0;
  return (point) => {
    const armed = points.find((one) => !existsSync(markOf(dir, one)));
    if (point !== armed || ++passed < nth) return;
    passed = 0;
    writeFileSync(markOf(dir, point), new Date().toISOString());
    process.kill(process.pid, signal);
  };
}
