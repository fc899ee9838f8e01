import { parseArgs } from 'node:util';
import { ConfigError } from '@outerpark/chassis/config';
import { errorMessage } from '@outerpark/chassis/errors';
import { audit } from './audit';
import { readConfig } from './config';
import { printed } from './print';
import { Unreadable } from './system';

const HELP = `npm run audit -- [--json] [--patience SECONDS] [--checkpoint]

Checks the invariants I1 to I7 of the system that npm start has started, or of the one that the environment names:
MUSICAL_, RESERVATION_, PAYMENT_ and NOTIFICATION_DATABASE_URL, KAFKA_BROKERS, TOPIC_PREFIX, PAYMENT_PROVIDER_URL,
MYPAGE_DATA_DIRS (without it I6 is not looked at). Exit code 0: all hold that were looked at; 1: one is broken; 2: something could
not be read or written.

  --json               print the report as JSON
  --patience SECONDS   how long a difference has to last that may only be under way (default: 60)
  --checkpoint         when all hold, tell the services up to where their outboxes need not be kept (for a run every hour);
                       without it nothing is written
`;

async function main(): Promise<number> {
  const { json, help, patience, checkpoint } = options();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const report = await audit(readConfig(), { patienceMs: patience * 1_000, checkpoint });
  console.log(json ? JSON.stringify(report, null, 2) : printed(report));
  return report.ok ? 0 : 1;
}

function options(): { json: boolean; help: boolean; patience: number; checkpoint: boolean } {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      patience: { type: 'string', default: '60' },
      checkpoint: { type: 'boolean', default: false },
    },
  });
  const patience = Number(values.patience);
  if (!(patience >= 0)) throw new ConfigError(`--patience must be a number of seconds, and is ${values.patience}`);
  return { ...values, patience };
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const known = error instanceof Unreadable || error instanceof ConfigError;
    console.error(known ? error.message : `The audit failed: ${errorMessage(error)}`);
    process.exitCode = 2;
  },
);
