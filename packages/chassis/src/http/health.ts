import type { RequestHandler } from 'express';
import { errorMessage } from '../errors';

/** Name -> a check that throws, or rejects, with the reason why this process cannot serve. */
export type Checks = Record<string, () => unknown>;

const CHECK_MS = 2_000;

/** `GET /livez`: the event loop turns and `live` does not throw. Never a dependency: its outage would restart every replica. */
export const livez =
  (live: () => void = () => {}): RequestHandler =>
  async (_req, res) => {
    const checks = await outcomes({ process: live });
    res.status(healthy(checks) ? 200 : 503).json({ status: healthy(checks) ? 'live' : 'failed', checks });
  };

/** `GET /readyz`: own store reachable, schema as expected, not draining. `notes` are told and decide nothing. */
export const readyz =
  (ready: Checks, draining: () => boolean, notes: Checks = {}): RequestHandler =>
  async (_req, res) => {
    const [checks, noted] = await Promise.all([outcomes(ready), outcomes(notes)]);
    const status = draining() ? 'draining' : healthy(checks) ? 'ready' : 'unready';
    res.status(status === 'ready' ? 200 : 503).json({ status, checks, ...(healthy(noted) ? {} : { notes: noted }) });
  };

const healthy = (checks: Record<string, string>): boolean => Object.values(checks).every((reason) => reason === 'ok');

/** Name -> `ok`, or the reason why not; within two seconds. */
export async function outcomes(checks: Checks): Promise<Record<string, string>> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function outcome(check: () => unknown): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS, `no answer in ${CHECK_MS} ms`);
  });
  try {
    return await Promise.race([
      Promise.resolve()
        .then(check)
        .then(() => 'ok'),
      late,
    ]);
  } catch (error) {
    return errorMessage(error);
  } finally {
    clearTimeout(timer);
  }
}
