import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome, Plan } from './plan';

/** Lets the load process follow a plan. Rejects when the system does not keep up with an open loop, or the process dies. */
export function drive(plan: Plan): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'main.js'));
    child.once('message', (message) => {
      const { outcome, error } = message as { outcome?: Outcome[]; error?: string };
      if (outcome) resolve(outcome);
      else reject(new Error(error));
    });
    child.once('exit', (code) => reject(new Error(`the load process ended with ${code}`)));
    child.send(plan);
  });
}

/** The one outcome of a plan with one action. */
export async function driveOne(plan: Plan): Promise<Outcome> {
  const [outcome] = await drive(plan);
  if (!outcome) throw new Error('nothing was answered in the measured time');
  return outcome;
}
