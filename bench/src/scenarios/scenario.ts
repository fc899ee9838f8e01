import type { LocalSystem } from '@outerpark/e2e/local-system';
import type { Bars } from '../chart';
import type { Stage } from '../stage';

export interface Table {
  head: string[];
  rows: (string | number)[][];
}

/** What a scenario has found. */
export interface Found {
  /** By name, for other scenarios, the targets and the baseline; a ratio has the name of what it is a ratio to in its own. */
  figures: Record<string, number>;
  tables: Table[];
  /** Sentences that belong to the tables. */
  notes?: string[];
  charts?: Bars[];
}

export interface Scenario {
  name: string;
  title: string;
  /** One sentence: what is done. */
  what: string;
  run(stage: Stage, system: LocalSystem): Promise<Found>;
}

export const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
export const rate = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0));
