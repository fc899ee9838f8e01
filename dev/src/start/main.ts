import { CannotStart, diskFull } from '../servers/cannot-start';
import { HELP, homeOf, readOptions } from './options';
import { pidFiles } from './pid-files';
import { run } from './run';
import { say, surviveClosedTerminal } from './terminal';

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) return say(HELP);

  const ending = new AbortController();
  const end = () => {
    if (ending.signal.aborted) pidFiles(options.home).killAll();
    ending.abort();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  // Node forgets that nohup had this signal ignored. Who writes to a file is meant to outlive the terminal.
  process.on('SIGHUP', () => process.stdout.isTTY && end());
  endWithNpm(() => ending.abort());
  let failure: unknown;
  process.on('uncaughtException', (error) => {
    failure ??= error;
    ending.abort();
  });
  await run(options, ending.signal).catch((error: unknown) => {
    // Whoever ends it while it starts has got what he asked for.
    if (!ending.signal.aborted) failure = error;
  });
  if (failure instanceof Error) throw failure;
};

/** Who stops npm means us; but npm tells only its shell, which ends without a word to its child. */
const endWithNpm = (end: () => void): void => {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 500).unref();
};

const explain = (error: unknown): string => {
  if (error instanceof CannotStart) return error.message;
  const full = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull('ENOSPC', homeOf(process.env)) : undefined;
  return full?.message ?? `Something unexpected happened: ${error instanceof Error ? error.stack : String(error)}`;
};

surviveClosedTerminal();
main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\n${explain(error)}`);
    process.exit(1);
  },
);
