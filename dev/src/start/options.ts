import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { CannotStart } from '../servers/cannot-start';

export interface Options {
  /** Forget all data first. */
  fresh: boolean;
  /** So many of each service but the gateway. */
  replicas: number;
  /** Show the logs on the terminal too. */
  verbose: boolean;
  help: boolean;
  /** Where data, logs and run.json live. */
  home: string;
  /** Added to every port. */
  portOffset: number;
  /** Where the built services are: `<root>/<service>/dist/main.js`. */
  root: string;
}

/** This checkout, seen from dev/dist/start as well as from dev/src/start. */
const CHECKOUT = resolve(__dirname, '../../..');
const MOST_REPLICAS = 9;
const LARGEST_OFFSET = 11_000;

/** Where this checkout's running state is. */
export const homeOf = (env: NodeJS.ProcessEnv): string =>
  resolve(env.OUTERPARK_HOME || resolve(CHECKOUT, '.outerpark'));

/** Reads command line and environment. Throws CannotStart on what it does not know. */
export const readOptions = (args: string[], env: NodeJS.ProcessEnv): Options => {
  const { fresh, replicas, verbose, help } = parse(args);
  return {
    fresh,
    verbose,
    help,
    replicas: whole('--replicas', replicas, 1, MOST_REPLICAS),
    home: homeOf(env),
    portOffset: whole('OUTERPARK_PORT_OFFSET', env.OUTERPARK_PORT_OFFSET || '0', 0, LARGEST_OFFSET),
    root: env.OUTERPARK_ROOT || CHECKOUT,
  };
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        fresh: { type: 'boolean', default: false },
        replicas: { type: 'string', default: '1' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new CannotStart(`${(error as Error).message.split('. ')[0]}. npm start -- --help tells what there is.`);
  }
};

const whole = (name: string, text: string, least: number, most: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new CannotStart(`${name} must be a whole number from ${least} to ${most}, and is ${JSON.stringify(text)}.`);
};

export const HELP = `npm start -- [options]

Starts PostgreSQL, Kafka, the six services and, for development, a payment provider simulator, an OpenID
issuer and a mail inbox. Ctrl-C stops all of it.

  --fresh         forget all data first (servers that are not ours are left as they are)
  --replicas N    N of each service but the gateway; replica k listens 100 * (k - 1) ports further
  --verbose       show the logs here too
  --help          this

Environment:
  OUTERPARK_PORT_OFFSET   added to every port, so that two can run side by side (such as 1000)
  OUTERPARK_HOME          where data and logs live (default: .outerpark in this checkout)
  KAFKA_BROKERS, MUSICAL_DATABASE_URL, RESERVATION_DATABASE_URL, PAYMENT_DATABASE_URL, NOTIFICATION_DATABASE_URL,
  OIDC_ISSUER, SMTP_URL, PAYMENT_PROVIDER_URL (with PAYMENT_WEBHOOK_SECRET, if it sends webhooks)
                          use that server and start none of ours
  CHAT_WEBHOOK_URL, CHAT_WEBHOOK_SECRET
                          post chat messages there and not to the inbox
  Everything else reaches the services as it is, such as PAYMENT_WINDOW_MS=20000 npm start.
`;
