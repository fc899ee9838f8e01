import { errorMessage } from '@outerpark/chassis/errors';
import { Usage } from './command';
import { commands } from './commands';
import { Refused } from './gateway';
import { helpOf, helpOfAll } from './help';

const REFUSED = 1;
const NOT_ASKED = 2;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(helpOfAll(commands));
    return name === undefined ? REFUSED : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Usage(`There is no ${name}.\n\n${helpOfAll(commands)}`);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(helpOf(name, command));
    return 0;
  }
  return command.run(args).catch((error: unknown) => {
    // What parseArgs of node:util throws at an option that it does not know is for the user too.
    const code = String((error as { code?: unknown }).code);
    const usage = error instanceof Usage || code.startsWith('ERR_PARSE_ARGS');
    throw usage ? new Usage(`${errorMessage(error)}\n\n${helpOf(name, command)}`) : error;
  });
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(errorMessage(error));
    process.exitCode = error instanceof Usage || error instanceof Refused ? REFUSED : NOT_ASKED;
  },
);
