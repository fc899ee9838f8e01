import type { Load } from './load/load';
import type { LoadResult } from './load/plan';
import type { Outcome, ProviderLedger } from './checks/ledger';
import type { Settings } from './system/settings';
import type { FaultSystem, SystemOptions } from './system/system';

/** One kind of trouble, made while customers reserve, cancel, pay and read. */
export interface FaultCase {
  /** For `--only`. */
  name: string;
  /** One sentence, as the report tells it. */
  title: string;
  settings?: Settings;
  through?: SystemOptions['through'];
  faults?: SystemOptions['faults'];
  /** So many requests are in flight by the case's own doing, so that the load has to keep but a few. */
  besides?: number;
  /** Before anything starts; what it gives is called at the end. */
  before?(): () => void;
  /** Makes the trouble under load and takes it away again. Gives what was seen to be hit; throws when something was not. */
  run(trouble: Trouble): Promise<string[]>;
  /** What must be true in the end beyond the invariants: a sentence for each breach. */
  check?(end: End): Promise<string[]> | string[];
}

export interface Trouble {
  system: FaultSystem;
  load: Load;
  /** Aggregates of which this case has forged events: the audit has to name them. */
  forged: Set<string>;
  say(line: string): void;
}

/** Everything when it has settled. */
export interface End {
  system: FaultSystem;
  load: LoadResult;
  outcomes: Outcome[];
  ledger: ProviderLedger;
  /** How many of the provider's webhooks payment has heard. */
  webhooks: number;
  /** For the report, beside what was hit. */
  note(text: string): void;
}
