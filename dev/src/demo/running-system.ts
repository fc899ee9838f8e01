import type { RunFile } from '../start/run-file';

/** What the demo needs to know of the system that runs. */
export interface RunningSystem {
  gateway: string;
  issuer: string;
  /** The development inbox, when mails end there. */
  mail?: string;
}

/** Nothing to talk to; the message says what to do. */
export class NothingRuns extends Error {
  override readonly name = 'NothingRuns';
}

/** From what `npm start` wrote down, or from GATEWAY_URL and OIDC_ISSUER, which win. */
export function runningSystem(env: NodeJS.ProcessEnv, run: RunFile | undefined): RunningSystem {
  const gateway = env.GATEWAY_URL || run?.gateway;
  const issuer = env.OIDC_ISSUER || run?.oidc.issuer;
  if (!gateway || !issuer) {
    throw new NothingRuns(
      'Nothing is running here. Start it with `npm start` and run this in a second terminal, or name a system that runs by GATEWAY_URL and OIDC_ISSUER.',
    );
  }
  return { gateway: withoutSlash(gateway), issuer, mail: env.GATEWAY_URL ? undefined : run?.mail };
}

/** Throws NothingRuns unless the gateway answers that it is ready. */
export async function requireReady({ gateway }: RunningSystem): Promise<void> {
  const answer = await fetch(`${gateway}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (answer?.ok) return;
  const what = answer ? `is not ready (${answer.status})` : 'does not answer';
  throw new NothingRuns(
    `The gateway at ${gateway} ${what}. Is \`npm start\` still running, and has it said that all is ready?`,
  );
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
