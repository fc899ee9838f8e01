import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { startTestIssuer } from '@outerpark/chassis/testing/issuer';
import { eventually } from '@outerpark/chassis/testing/eventually';
import { readRunFile, type RunFile } from '@outerpark/dev/start/run-file';
import type { SoakOptions } from './config';

/** OuterPark as `npm start` starts it, fresh, in a home of its own. */
export interface SoakedSystem {
  run: RunFile;
  /** The environment in which other programs of ours find it. */
  env: NodeJS.ProcessEnv;
  /** Signs whoever is asked for. */
  token(customerId: string, role?: string): Promise<string>;
  stop(): Promise<void>;
}

const START_MS = 180_000;

/** What is kept for a week in production is kept for so many minutes here, so that tables come to their steady size. */
export const keptMinutes = (minutes: number): number => Math.min(3, Math.max(0.5, minutes / 10));

export async function startSoakedSystem({ home, portOffset, root, minutes, env }: SoakOptions): Promise<SoakedSystem> {
  mkdirSync(home, { recursive: true });
  const issuer = await startTestIssuer();
  const days = String(keptMinutes(minutes) / (24 * 60));
  const own = {
    ...env,
    OUTERPARK_HOME: home,
    OUTERPARK_PORT_OFFSET: portOffset,
    OIDC_ISSUER: issuer.issuer,
    LOG_LEVEL: 'warn',
    RETENTION_EVERY_MS: '5000',
    KEEP_INBOX_DAYS: days,
    KEEP_OUTBOX_DAYS: days,
    KEEP_KEYS_DAYS: days,
    KEEP_DEAD_LETTERS_DAYS: days,
    KEEP_TOMBSTONES_DAYS: days,
    KEEP_DELIVERIES_DAYS: days,
  };
  const log = openSync(join(home, 'start.log'), 'w');
  const starter = spawn(process.execPath, [join(root, 'dev/dist/start/main.js'), '--fresh'], {
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
      { withinMs: START_MS, everyMs: 200 },
    );
    if (!run) throw new Error(`OuterPark did not start; see ${join(home, 'start.log')}`);
    return {
      run,
      env: own,
      token: (sub, role = 'customer') =>
        issuer.token({ sub, roles: [role], email: `${sub}@example.com`, name: sub, locale: 'en', expiresIn: '24h' }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
