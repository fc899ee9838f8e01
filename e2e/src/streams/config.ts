import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `npm run streams -- [options]

Starts OuterPark fresh, opens many streams of My page by as many customers through its one gateway, lets some of them
reserve, and says how soon it is on their streams, what the processes need for it, and that nobody is told anything else.

  --streams N     how many (default: 10000)
  --help          this

Environment: OUTERPARK_HOME (default: ${join(tmpdir(), 'outerpark-streams')}; its data are deleted), OUTERPARK_PORT_OFFSET (default: 2700).
`;

export interface StreamsOptions {
  streams: number;
  help: boolean;
  /** Where the system lives, with its logs. */
  home: string;
  portOffset: string;
  /** This checkout. */
  root: string;
  env: NodeJS.ProcessEnv;
}

const MOST = 15_000;

/** Reads command line and environment. Throws with one sentence on what it does not know. */
export function readOptions(args = process.argv.slice(2), env = process.env): StreamsOptions {
  const { values } = parseArgs({
    args,
    options: {
      streams: { type: 'string', default: '10000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const streams = Number(values.streams);
  if (!Number.isInteger(streams) || streams < 100 || streams > MOST)
    throw new Error(`--streams must be from 100 to ${MOST}, and is ${values.streams}`);
  return {
    streams,
    help: values.help,
    home: resolve(env.OUTERPARK_HOME || join(tmpdir(), 'outerpark-streams')),
    portOffset: env.OUTERPARK_PORT_OFFSET || '2700',
    root: resolve(__dirname, '../../..'),
    env,
  };
}
