import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { allCases, SHORT } from './cases/all';
import { chaos } from './cases/chaos';
import type { FaultCase } from './fault-case';

export interface Options {
  help: boolean;
  list: boolean;
  cases: FaultCase[];
  /** Where the report goes, without its ending; undefined: it is not written. */
  report: string | undefined;
  seed: number;
}

export const HELP = `npm run test:faults -- [options]

Runs the whole system as real processes, two of each service, under at least 50 requests in flight, makes trouble, and checks when
everything has settled that nothing is lost and nothing doubled. Needs what npm start needs, and Go for the network's faults.

  --list              what the cases are
  --only NAME,...     these cases
  --short             a few of them
  --random SECONDS    random faults at random times instead
  --seed N            the same random choices again
  --report FILE       put the rows into FILE.md and FILE.json; the whole suite puts them into docs/fault-report
`;

const REPORT = resolve(__dirname, '../../../docs/fault-report');

/** Reads the command line. Throws CannotStart on what it does not know. */
export function readOptions(args: string[]): Options {
  const { help, list, only, short, random, seed, report } = parse(args);
  const names = only?.split(',') ?? (short ? SHORT : undefined);
  const unknown = names?.find((name) => !allCases.some((one) => one.name === name));
  if (unknown)
    throw new CannotStart(`There is no case ${unknown}; npm run test:faults -- --list tells which there are.`);
  const chosen = seed === undefined ? Math.floor(Math.random() * 1_000_000) : number('--seed', seed);
  const whole = names === undefined && random === undefined;
  return {
    help,
    list,
    cases:
      random === undefined
        ? allCases.filter(({ name }) => names?.includes(name) ?? true)
        : [chaos(number('--random', random), chosen)],
    report: report?.replace(/\.(md|json)$/, '') ?? (whole ? REPORT : undefined),
    seed: chosen,
  };
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        only: { type: 'string' },
        short: { type: 'boolean', default: false },
        random: { type: 'string' },
        seed: { type: 'string' },
        report: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new CannotStart(
      `${(error as Error).message.split('. ')[0]}. npm run test:faults -- --help tells what there is.`,
    );
  }
};

const number = (name: string, text: string): number => {
  if (!/^\d+$/.test(text)) throw new CannotStart(`${name} must be a whole number, and is ${JSON.stringify(text)}.`);
  return Number(text);
};
