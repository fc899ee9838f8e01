import { CannotStart } from '@outerpark/dev/servers/cannot-start';
import { CHECKOUT } from '../deploy/options';
import { Refused, run } from '../deploy/run';
import { goProgram } from '../go-program';

const ACTIONLINT = { name: 'actionlint', version: 'v1.7.12', package: 'github.com/rhysd/actionlint/cmd/actionlint' };

/** Says whether the workflows in .github are in order; with shellcheck on PATH, their scripts as well. */
async function check(): Promise<void> {
  await run(await goProgram(ACTIONLINT), ['-color=false'], { cwd: CHECKOUT });
  console.log('ok      the workflows in .github are in order');
}

check().catch((error: unknown) => {
  console.error(error instanceof CannotStart || error instanceof Refused ? error.message : error);
  process.exitCode = 1;
});
