import { statfsSync } from 'node:fs';
import { CannotStart } from '../servers/cannot-start';

const NEEDED_MB = 500;

/** Throws when the disk of that folder is nearly full: PostgreSQL and Kafka fail in worse ways, and later. */
export const requireSpace = (dir: string): void => {
  const { bavail, bsize } = statfsSync(dir);
  const free = Math.floor((bavail * bsize) / 1024 / 1024);
  if (free >= NEEDED_MB) return;
  throw new CannotStart(
    `Only ${free} MB are free on the disk of ${dir}, and OuterPark needs about ${NEEDED_MB}; free some space and start again.`,
  );
};
