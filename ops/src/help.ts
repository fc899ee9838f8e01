import type { Command } from './command';

/** `npm run ops -- --help` */
export function helpOfAll(commands: Record<string, Command>): string {
  const width = Math.max(0, ...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
  return ['npm run ops -- COMMAND [--help]', '', ...lines, '', CODES].join('\n');
}

/** `npm run ops -- COMMAND --help` */
export const helpOf = (name: string, { usage, about }: Command): string =>
  [`npm run ops -- ${[name, usage].filter(Boolean).join(' ')}`, '', about, '', CODES].join('\n');

const CODES = 'Exit code 0: done; 1: refused; 2: somebody could not be asked.';
