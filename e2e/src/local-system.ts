import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { startTestIssuer } from '@outerpark/chassis/testing/issuer';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { readRunFile, type RunFile } from '@outerpark/dev/start/run-file';

/** OuterPark as `npm start` starts it, in a home of its own, with an issuer that signs whoever is asked for. */
export interface LocalSystem {
  run: RunFile;
  /** The environment in which other programs of ours find it. */
  env: NodeJS.ProcessEnv;
  /** From the start of the program until everything was ready. */
  readyMs: number;
  token(customerId: string, role?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface LocalSystemOptions {
  home: string;
  portOffset: string;
  /** This checkout. */
  root: string;
  env: NodeJS.ProcessEnv;
  /** Forgets what the home has from before. */
  fresh: boolean;
}

const START_MS = 180_000;

/** Throws when it is not ready in three minutes; the home's `start.log` says why. */
export async function startLocalSystem({
  home,
  portOffset,
  root,
  env,
  fresh,
}: LocalSystemOptions): Promise<LocalSystem> {
  mkdirSync(home, { recursive: true });
  const issuer = await startTestIssuer();
  const own = { ...env, OUTERPARK_HOME: home, OUTERPARK_PORT_OFFSET: portOffset, OIDC_ISSUER: issuer.issuer };
  const log = openSync(join(home, 'start.log'), 'w');
  const startedAt = performance.now();
  const starter = spawn(process.execPath, [join(root, 'dev/dist/start/main.js'), ...(fresh ? ['--fresh'] : [])], {
    env: own,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended = false;
  const exited = new Promise<void>((resolve) =>
    starter.once('exit', () => {
      ended = true;
      resolve();
    }),
  );
  const stop = async () => {
    starter.kill('SIGTERM');
    await exited;
    await issuer.stop();
  };

  try {
    const run = await eventually(
      () => {
        if (ended) return undefined;
        const found = readRunFile(home);
        if (found?.pid !== starter.pid) throw new Error(`OuterPark is not up; see ${join(home, 'start.log')}`);
        return found;
      },
      { withinMs: START_MS, everyMs: 20 },
    );
    if (!run) throw new Error(`OuterPark did not start; see ${join(home, 'start.log')}`);
    return {
      run,
      env: own,
      readyMs: performance.now() - startedAt,
      token: (sub, role = 'customer') =>
        issuer.token({ sub, roles: [role], email: `${sub}@example.com`, name: sub, locale: 'en', expiresIn: '24h' }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
