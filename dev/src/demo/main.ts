import { errorMessage } from '@outerpark/chassis/errors';
import { accountOf } from '../issuer/accounts';
import { demoToken } from '../issuer/token';
import { homeOf } from '../start/options';
import { readRunFile } from '../start/run-file';
import { Difference } from './difference';
import { inboxAt } from './inbox';
import { narrator } from './narrator';
import { NothingRuns, requireReady, runningSystem } from './running-system';
import { tellStory } from './story';
import { timelineTable } from './timeline-table';
import { visitor } from './visitor';

/** Walks the flow against the running system and tells what it saw. Throws when a step saw something else. */
async function demo(): Promise<void> {
  const colours = process.stdout.isTTY && !process.env.NO_COLOR;
  const { step, say } = narrator((line) => console.log(line), { colours });
  const system = runningSystem(process.env, readRunFile(homeOf(process.env)));
  await requireReady(system);

  say(`OuterPark at ${system.gateway}`);
  say();
  const visitorAs = async (account: string) => visitor(system.gateway, await tokenOf(system.issuer, account));
  const cast = {
    admin: await visitorAs('admin'),
    alice: await visitorAs('alice'),
    inbox: system.mail ? inboxAt(system.mail, accountOf('alice')!.email) : undefined,
  };
  const name = `Demo of ${new Date().toISOString().slice(0, 19).replace('T', ' ')}`;
  const { timeline } = await tellStory(step, cast, name);
  say();
  timelineTable(timeline).forEach(say);
  say();
  say('All as expected.');
}

const tokenOf = (issuer: string, account: string): Promise<string> =>
  demoToken(issuer, account).catch((error: unknown) => {
    throw new NothingRuns(
      `The issuer at ${issuer} gives no token for the demo account ${account}: only the development issuer has it (${errorMessage(error)}).`,
    );
  });

demo().catch((error: unknown) => {
  if (error instanceof NothingRuns) console.error(error.message);
  else if (error instanceof Difference) console.error('\nNot as expected.');
  else console.error(`\nThe demo could not go on: ${errorMessage(error)}`);
  process.exitCode = 1;
});
