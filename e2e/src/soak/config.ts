import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `npm run soak -- [options]

Starts OuterPark fresh, measures what it can take, and lets it run at half of that while memory, tables and lag are
watched and the audit goes on. Writes docs/reliability.md, docs/soak.json and the charts.

  --minutes N     how long (default: 30)
  --rate N        whole sagas a second, in place of half the measured capacity
  --no-docs       write to the soak's home only
  --help          this

Environment: OUTERPARK_HOME (default: ${join(tmpdir(), 'outerpark-soak')}; its data are deleted), OUTERPARK_PORT_OFFSET (default: 2500).
`;

export interface SoakOptions {
  minutes: number;
  /** In place of half the capacity. */
  rate?: number;
  docs: boolean;
  help: boolean;
  /** Where the soaked system lives. */
  home: string;
  portOffset: string;
  /** This checkout. */
  root: string;
  /** What the soaked system is started with beside its own settings. */
  env: NodeJS.ProcessEnv;
}

/** Reads command line and environment. Throws with one sentence on what it does not know. */
export function readOptions(args = process.argv.slice(2), env = process.env): SoakOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string' },
      docs: { type: 'boolean', default: true },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    minutes: positive('--minutes', values.minutes),
    ...(values.rate === undefined ? {} : { rate: positive('--rate', values.rate) }),
    docs: values.docs,
    help: values.help,
    home: resolve(env.OUTERPARK_HOME || join(tmpdir(), 'outerpark-soak')),
    portOffset: env.OUTERPARK_PORT_OFFSET || '2500',
    root: resolve(__dirname, '../../..'),
    env,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Error(`${name} must be a positive number, and is ${text}`);
}
