import type { Copy } from './copy/copy';
import type { Reading } from './reading';
import type { AuditedSystem } from './system';

/** A difference that this reading shows. The next one has to show it too before it counts. */
export interface Suspicion {
  /** The same in two readings when the same thing is wrong in both. */
  key: string;
  /** One sentence that names the row. */
  breach: string;
  /** It may only be on its way: it counts when it has lasted. */
  settles: boolean;
}

export interface Found {
  breach: string;
  /** When the sentence has figures that change meanwhile. */
  key?: string;
}

/** A question whose answers should be none. */
export interface Check {
  settles: boolean;
  find(reading: Reading): Found[] | Promise<Found[]>;
}

export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7';

export interface Invariant {
  name: InvariantName;
  title: string;
  /** What was looked at: SQL that gives one row, whose columns are the figures. */
  figures: string;
  checks: Check[];
  /** Why it cannot be looked at in this system, if so. */
  hidden?(system: AuditedSystem): string | undefined;
  /** SQL for what is late by somebody else's fault: column `pending`. */
  pending?: string;
}

/** Of one transaction, or of rows that never change: nothing under way explains it. SQL with the columns of Found. */
export const always = (sql: string): Check => ({ settles: false, find: ({ copy }) => copy.all<Found>(sql) });

/** Between stores, where the event may be under way. SQL with the columns of Found. */
export const atLast = (sql: string): Check => ({ settles: true, find: ({ copy }) => copy.all<Found>(sql) });

export interface Answer {
  checked: Record<string, number>;
  suspicions: Suspicion[];
  pending: string[];
}

export async function ask({ figures, checks, pending }: Invariant, reading: Reading): Promise<Answer> {
  const { copy } = reading;
  const suspicions: Suspicion[] = [];
  for (const { settles, find } of checks) {
    for (const { breach, key = breach } of await find(reading)) suspicions.push({ key, breach, settles });
  }
  return {
    checked: Object.fromEntries(Object.entries(figuresOf(copy, figures)).map(([name, value]) => [name, value ?? 0])),
    suspicions,
    pending: pending ? copy.all<{ pending: string }>(pending).map((row) => row.pending) : [],
  };
}

/** A sum of nothing is null. */
const figuresOf = ({ all }: Copy, sql: string) => all<Record<string, number | null>>(sql)[0] ?? {};
