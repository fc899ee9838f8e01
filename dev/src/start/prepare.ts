import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from '../servers/cannot-start';
import { findJava } from '../servers/java';
import { requireSpace } from './disk';
import { type Addresses, addresses, type Own, ownServers } from './environment';
import type { Options } from './options';
import { mainOf, type Place } from './parts';
import type { PidFiles } from './pid-files';
import { type PortOf, portsWith, requireFree, services } from './ports';
import { say } from './terminal';

export interface Prepared {
  place: Place;
  own: Own;
}

/** Everything before the first process: what a killed start left is stopped, folders are there, space and ports are free. */
export const prepare = async (
  { home, fresh, replicas, portOffset, root }: Options,
  pids: PidFiles,
): Promise<Prepared> => {
  requireBuilt(root);
  const leftOvers = await pids.stopLeftOvers(['kafka', 'postgres']);
  if (leftOvers) say(`  stopped ${leftOvers} processes that an earlier start left behind`);

  const dataDir = join(home, 'data');
  const logDir = join(home, 'logs');
  if (fresh) [dataDir, logDir].forEach((dir) => rmSync(dir, { recursive: true, force: true }));
  [dataDir, logDir].forEach((dir) => mkdirSync(dir, { recursive: true }));
  requireSpace(home);
  keepLastLogs(logDir);

  const portOf = portsWith(portOffset);
  const at = addresses(process.env, portOf, replicas, dataDir);
  const own = ownServers(process.env);
  if (own.kafka) findJava();
  await requireFree(portsNeeded(own, at, portOf));
  return { place: { root, dataDir, logDir, pids, portOf, at }, own };
};

const requireBuilt = (root: string): void => {
  const missing = ['gateway', ...services].find((service) => !existsSync(mainOf(root, service)));
  if (missing)
    throw new CannotStart(`${missing} is not built (${mainOf(root, missing)} is missing); run npm run build.`);
};

/** Each start has its own logs; the ones before are kept once, as `<name>.log.1`. */
const keepLastLogs = (logDir: string): void => {
  for (const name of readdirSync(logDir).filter((file) => file.endsWith('.log'))) {
    renameSync(join(logDir, name), join(logDir, `${name}.1`));
  }
};

const portsNeeded = (own: Own, at: Addresses, portOf: PortOf): { port: number; user: string }[] => [
  { port: portOf('gateway'), user: 'the gateway' },
  ...services.flatMap((user) => at.services[user].map((url) => ({ port: Number(new URL(url).port), user }))),
  ...(own.simulator ? [{ port: portOf('simulator'), user: 'the payment provider simulator' }] : []),
  ...(own.issuer ? [{ port: portOf('issuer'), user: 'the OpenID issuer' }] : []),
  ...(own.mail ? [{ port: portOf('mail'), user: 'the mail inbox' }] : []),
  ...(own.mail ? [{ port: portOf('smtp'), user: "the mail inbox's SMTP server" }] : []),
  ...(own.databases.length ? [{ port: portOf('postgres'), user: 'PostgreSQL' }] : []),
  ...(own.kafka ? [{ port: portOf('kafka'), user: 'Kafka' }] : []),
  ...(own.kafka ? [{ port: portOf('kafkaController'), user: "Kafka's controller" }] : []),
];
