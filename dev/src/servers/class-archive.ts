import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Java } from './java';

export interface ClassArchive {
  /** For the broker: use the archive, or write it when there is none. */
  flags: string[];
  /** For other programs of the same jars. */
  useOnly: string[];
  /** After an orderly end of the broker: from now on its archive is used. */
  keep: () => void;
}

/**
 * The JVM's archive of Kafka's classes: it halves the start. The first broker that stops in order writes it; it is of use to the
 * same JVM and the same jars only, so both are in its name. `port` tells brokers apart that write at the same time.
 */
export const classArchive = (libs: string, java: Java, port: number): ClassArchive => {
  const id = createHash('sha256').update(java.version).update(libs).digest('hex').slice(0, 12);
  const file = join(libs, `classes-${id}.jsa`);
  if (existsSync(file)) {
    const flags = [`-XX:SharedArchiveFile=${file}`];
    return { flags, useOnly: flags, keep: () => undefined };
  }
  const unfinished = `${file}.${port}.unfinished`;
  return {
    flags: [`-XX:ArchiveClassesAtExit=${unfinished}`],
    useOnly: [],
    keep: () => {
      if (existsSync(unfinished)) renameSync(unfinished, file);
    },
  };
};
