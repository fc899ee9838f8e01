import { stripVTControlCharacters, styleText } from 'node:util';
import { Difference } from './difference';

/** What a step found, and in a few words what it saw. */
export type Seen<T> = readonly [saw: string, found: T];

/** Runs one named step and prints one line for it. Throws what the step threw, after it was told. */
export type Step = <T>(name: string, work: () => Promise<Seen<T>>) => Promise<T>;

export interface Narrator {
  step: Step;
  say(line?: string): void;
}

const NAME_WIDTH = 34;

/** Tells the story line by line; in colours when a person looks on. */
export function narrator(write: (line: string) => void, { colours }: { colours: boolean }): Narrator {
  const paint = (colour: 'green' | 'red' | 'gray', text: string) =>
    colours ? styleText(colour, text, { validateStream: false }) : text;

  const step: Step = async (name, work) => {
    const started = performance.now();
    const took = () => paint('gray', `${String(Math.round(performance.now() - started)).padStart(6)} ms`);
    try {
      const [saw, found] = await work();
      write(` ${paint('green', '✓')} ${name.padEnd(NAME_WIDTH)}${took()}  ${saw}`);
      return found;
    } catch (error) {
      write(` ${paint('red', '✗')} ${name.padEnd(NAME_WIDTH)}${took()}`);
      for (const [what, text] of explained(error)) write(`     ${what.padEnd(9)} ${stripVTControlCharacters(text)}`);
      throw error;
    }
  };
  return { step, say: (line = '') => write(line) };
}

const explained = (error: unknown): [what: string, text: string][] =>
  error instanceof Difference
    ? [
        ['expected', error.expected],
        ['seen', error.seen],
      ]
    : [['failed', error instanceof Error ? `${error.message}${cause(error)}` : String(error)]];

/** Node's fetch says only "fetch failed"; the reason is behind it. */
const cause = ({ cause }: Error): string => (cause instanceof Error ? `: ${cause.message}` : '');
