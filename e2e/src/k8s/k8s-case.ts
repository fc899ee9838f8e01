import type { Release } from './release';

/** One item of the checklist, shown on the cluster. */
export interface K8sCase {
  /** For `--only`. */
  name: string;
  /** The item of the checklist, as the report's first column has it. */
  item: string;
  /** What is done, in one sentence. */
  title: string;
  /**
   * Does it, and gives what was seen, with its figures. Throws when that is not as it has to be. Leaves the release as it was: after a
   * failure it is deployed anew.
   */
  run(stage: Stage): Promise<string[]>;
}

export interface Stage {
  /** Of the whole run: two of each service, in a namespace of its own. */
  release: Release;
  /** A namespace beside it, under restricted pod security, for a release that is not installed yet; it goes when the case is over. */
  another(suffix: string): Promise<Release>;
  say(line: string): void;
}
