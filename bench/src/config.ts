import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

Starts OuterPark fresh with production settings, drives it from another process, and measures the floors of the same
machine in the same run. Writes docs/performance.md, docs/performance.json and the charts.

  --only A,B      these scenarios only
  --quick         short ones; fails when a ratio to a floor is less than two fifths of that in bench/baseline.json, twice
  --baseline      write the ratios to bench/baseline.json instead of comparing them
  --no-docs       write to the bench's home only
  --list          say which scenarios there are
  --help          this

Environment: OUTERPARK_HOME (default: ${join(tmpdir(), 'outerpark-bench')}; its data are deleted), OUTERPARK_PORT_OFFSET (default: 2700).
`;

export interface BenchOptions {
  only: string[];
  quick: boolean;
  baseline: boolean;
  docs: boolean;
  list: boolean;
  help: boolean;
  home: string;
  portOffset: string;
  /** This checkout. */
  root: string;
  env: NodeJS.ProcessEnv;
}

/** Reads command line and environment. Throws on an option that it does not know. */
export function readOptions(args = process.argv.slice(2), env = process.env): BenchOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: true },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    ...values,
    only: values.only.split(',').filter((name) => name !== ''),
    home: resolve(env.OUTERPARK_HOME || join(tmpdir(), 'outerpark-bench')),
    portOffset: env.OUTERPARK_PORT_OFFSET || '2700',
    root: resolve(__dirname, '../..'),
    env,
  };
}
