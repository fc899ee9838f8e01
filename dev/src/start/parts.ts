import { join, resolve } from 'node:path';
import { ensureDatabase } from '../servers/ensure-database';
import { startKafka } from '../servers/kafka';
import { startPostgres } from '../servers/postgres';
import { type Addresses, environmentOf, publicUrls, type Stored } from './environment';
import type { Part } from './part';
import type { PidFiles } from './pid-files';
import { type PortOf, services } from './ports';
import { processPart } from './process-part';
import { keptSecret } from './kept-secret';

export interface Place {
  /** Where the built services are. */
  root: string;
  dataDir: string;
  logDir: string;
  pids: PidFiles;
  portOf: PortOf;
  at: Addresses;
}

/** What a built service is started by. */
export const mainOf = (root: string, service: string): string => join(root, service, 'dist/main.js');

/** PostgreSQL, with a database and a role for each of those services. */
export const postgresPart = ({ dataDir, portOf }: Place, databases: Stored[]): Part => {
  const dir = join(dataDir, 'postgres');
  const port = portOf('postgres');
  return {
    name: 'postgres',
    address: `127.0.0.1:${port}`,
    logFile: join(dir, 'postgres.log'),
    start: async () => {
      const { pid, adminUrl, exited, stop } = await startPostgres({ dir, port });
      try {
        for (const name of databases) await ensureDatabase(adminUrl, { name, user: name, password: name });
      } catch (error) {
        await stop();
        throw error;
      }
      return { pid, mark: join(dir, 'data'), signal: 'SIGINT', exited, stop };
    },
  };
};

export const kafkaPart = ({ dataDir, portOf, at }: Place): Part => {
  const dir = join(dataDir, 'kafka');
  return {
    name: 'kafka',
    address: at.kafkaBrokers,
    logFile: join(dir, 'kafka.log'),
    start: async (signal) => {
      const ports = { port: portOf('kafka'), controllerPort: portOf('kafkaController') };
      const { pid, exited, stop } = await startKafka({ dir, ...ports, signal });
      return { pid, mark: join(dir, 'server.properties'), signal: 'SIGTERM', exited, stop };
    },
  };
};

/** One of the programs that stand in for other people's systems. */
export const helperPart = (
  name: 'simulator' | 'issuer' | 'mail',
  { dataDir, logDir, pids, portOf, at }: Place,
): Part => {
  const port = portOf(name);
  return processPart({
    name,
    script: resolve(__dirname, `../${name}/main.js`),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: join(dataDir, name),
      PUBLIC_URL: at.paymentProvider,
      WEBHOOK_URL: `${at.gateway}/api/payments/webhooks/simulator`,
      WEBHOOK_SECRET: at.webhookSecret,
      SMTP_PORT: String(portOf('smtp')),
      CHAT_WEBHOOK_SECRET: at.chat.secret,
      ISSUER_URL: at.oidc.issuer,
      OIDC_AUDIENCE: at.oidc.audience,
      REDIRECT_URIS: publicUrls(at)
        .map((url) => `${url}/auth/callback`)
        .join(','),
    },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    logDir,
    pids,
  });
};

/** The services, all replicas of all. */
export const serviceParts = (place: Place, replicas: number): Part[] =>
  services.flatMap((service) => Array.from({ length: replicas }, (_, index) => servicePart(service, index + 1, place)));

export const servicePart = (service: (typeof services)[number] | 'gateway', replica: number, place: Place): Part => {
  const { root, dataDir, logDir, pids, portOf, at } = place;
  const secret = service === 'gateway' && {
    SESSION_SECRET: process.env.SESSION_SECRET || keptSecret(dataDir, 'session'),
  };
  const port = portOf(service, replica);
  return processPart({
    name: replica === 1 ? service : `${service}-${replica}`,
    script: mainOf(root, service),
    env: { ...environmentOf(service, replica, at, port), ...secret },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    logDir,
    pids,
  });
};
