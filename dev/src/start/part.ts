import type { Exit } from '../servers/daemon';
import type { PidFile } from './pid-files';

/** Something that runs, in a process of its own. */
export interface Started extends PidFile {
  exited: Promise<Exit>;
  /** In order, within a deadline; returns when it is gone. */
  stop: () => Promise<void>;
}

/** Something that can be started, and started again. */
export interface Part {
  name: string;
  /** Where it answers, for people. */
  address: string;
  logFile: string;
  /** Returns when it is ready. Leaves nothing running when it rejects, which it does soon after `signal`. */
  start: (signal: AbortSignal) => Promise<Started>;
}
