import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Journal<Entry> {
  /** Everything that was written before, in order. */
  entries: Entry[];
  /** Returns when the entry is with the operating system: killing this process no longer loses it. */
  append(entry: Entry): void;
  close(): void;
}

/** An append-only file of JSON lines. A last line that was cut by a crash was never answered, so it is removed. */
export const openJournal = <Entry>(dir: string): Journal<Entry> => {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'journal.jsonl');
  const handle = openSync(file, 'a+');
  const text = readFileSync(handle);
  const whole = text.subarray(0, text.lastIndexOf('\n') + 1);
  ftruncateSync(handle, whole.length);
  const entries = whole
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
  return {
    entries,
    append: (entry) => {
      const { size } = fstatSync(handle);
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      try {
        for (let written = 0; written < line.length;) written += writeSync(handle, line, written);
      } catch (error) {
        // A full disk may have taken a part of it, to which the next line would be glued.
        ftruncateSync(handle, size);
        throw error;
      }
    },
    close: () => closeSync(handle),
  };
};
