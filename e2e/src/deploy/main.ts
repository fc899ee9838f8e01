import { errorMessage } from '@outerpark/chassis/errors';
import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { inherited } from '../config';
import { deploy, OUTCOME, type Outcome } from './deploy';
import { HELP, readOptions, type DeployOptions } from './options';

const SENTENCES: Record<Outcome, string> = {
  [OUTCOME.runs]: 'Deployed.',
  [OUTCOME.nothingChanged]: 'Nothing was changed.',
  [OUTCOME.wrongOptions]: '',
  [OUTCOME.asBefore]: 'Not deployed: it is what it was before.',
  [OUTCOME.broken]: 'Not deployed, and not what it was before: look at it (helm history, kubectl get pods).',
};

async function main(): Promise<Outcome> {
  let options: DeployOptions;
  try {
    options = readOptions(process.argv.slice(2), inherited());
  } catch (error) {
    console.error(errorMessage(error));
    return OUTCOME.wrongOptions;
  }
  if (options.help) {
    console.log(HELP);
    return OUTCOME.runs;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const outcome = await deploy(options, (line) => console.log(line), interrupted.signal).catch((error: unknown) => {
    if (interrupted.signal.aborted) console.error('Interrupted.');
    else if (error instanceof CannotStart) console.error(error.message);
    return OUTCOME.nothingChanged;
  });
  console.log(SENTENCES[outcome]);
  return outcome;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(OUTCOME.broken);
  },
);
