import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readable } from './log-lines';

const EVERY_MS = 300;
const CHUNK = 256 * 1024;

/** Shows what is added to the logs in that folder, each line behind its service's name. Answers how to end that. */
export const followLogs = (logDir: string): (() => void) => {
  const seen = new Map<string, number>();
  const look = (): void => {
    for (const name of existsSync(logDir) ? readdirSync(logDir) : []) {
      if (name.endsWith('.log')) seen.set(name, show(join(logDir, name), seen.get(name) ?? 0));
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
  };
};

/** Prints the whole lines after `from`; answers where the first one begins that is not whole yet. */
const show = (file: string, from: number): number => {
  const { size } = statSync(file);
  // Another file under the same name: a new start.
  const start = size < from ? 0 : from;
  const buffer = Buffer.alloc(Math.min(CHUNK, size - start));
  const handle = openSync(file, 'r');
  readSync(handle, buffer, 0, buffer.length, start);
  closeSync(handle);
  const whole = buffer.subarray(0, buffer.lastIndexOf('\n') + 1);
  const lines = whole.toString('utf8').split('\n').slice(0, -1);
  for (const line of lines) console.log(`${basename(file, '.log').padEnd(15)}${readable(line)}`);
  return start + whole.length;
};
