import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AuditedSystem } from '@outerpark/audit/system';
import { startTestIssuer } from '@outerpark/chassis/testing/issuer';
import { logTail } from '@outerpark/dev/servers/daemon';
import { ensureDatabase } from '@outerpark/dev/servers/ensure-database';
import { environmentOf, stored } from '@outerpark/dev/start/environment';
import { services, type Service } from '@outerpark/dev/start/ports';
import { keepProcess, type KeptProcess } from './kept-process';
import { holdLifeline } from './lifeline';
import { addressesOf, GATEWAYS, portsFor, proxiesOf, REPLICAS, seenBy, type Neighbour } from './addresses';
import { kafkaServer, postgresServer, type PostgresServer, type Server } from './servers';
import { settingsOf, type Settings } from './settings';
import { startToxiproxy, type Toxiproxy } from './toxiproxy';

export interface SystemOptions {
  home: string;
  settings?: Settings;
  through?: readonly Neighbour[];
  /** The environment of labelled points, wrong clocks and newer releases, by process, such as `payment-1`. */
  faults?: Record<string, Record<string, string>>;
}

/** Two of each service and two gateways, each a process of its own, with servers, stores and topics that nobody else has. */
export interface FaultSystem {
  home: string;
  /** By its name: `reservation-1`, `gateway-2`, `simulator`, `mail`. */
  process(name: string): KeptProcess;
  processes: KeptProcess[];
  postgres: PostgresServer;
  kafka: Server;
  network: Toxiproxy | undefined;
  gateways: string[];
  /** Base URLs of the replicas. */
  services: Record<Service, string[]>;
  /** Where the audit reads: past every proxy. */
  audited: AuditedSystem;
  mailUrl: string;
  /** Where labelled points leave their marks. */
  marks: string;
  token(claims: { sub: string; roles?: string[] }): Promise<string>;
  /** Switches the payment provider's faults; none without an argument. */
  provider(faults?: Record<string, unknown>): Promise<void>;
  /** Time of the last line that this process has logged, UTC. */
  lastLog(name: string): string;
  /** Kills everything that still runs. */
  end(): Promise<void>;
}

const DIST = resolve(__dirname, '../../../../');

export async function startSystem({
  home,
  settings = {},
  through = [],
  faults = {},
}: SystemOptions): Promise<FaultSystem> {
  const marks = join(home, 'marks');
  const logs = join(home, 'logs');
  for (const dir of [home, marks, logs]) mkdirSync(dir, { recursive: true });
  // PostgreSQL runs as another user when root runs the suite.
  chmodSync(home, 0o755);
  const lifeline = holdLifeline(home);
  const place = { home, onPid: lifeline.add };

  const port = await portsFor(through);
  const proxies = proxiesOf(port, through);
  const kafkaPorts = {
    port: port('kafka'),
    controllerPort: port('kafkaController'),
    advertisedPort: through.includes('kafka') ? port('kafkaProxy') : undefined,
  };
  const [postgres, kafka, network, issuer] = await Promise.all([
    postgresServer(place, port('postgres')),
    kafkaServer(place, kafkaPorts),
    proxies.length > 0
      ? startToxiproxy(port('toxiproxy'), proxies, { home, logFile: join(logs, 'toxiproxy.log'), onPid: lifeline.add })
      : undefined,
    startTestIssuer(),
  ]);
  for (const name of stored) await ensureDatabase(postgres.adminUrl, { name, user: name, password: name });

  const direct = addressesOf(home, port, issuer.url);
  const at = seenBy(direct, port, through);
  const own = settingsOf(settings);
  const keep = (name: string, script: string, env: Record<string, string>, url: string): KeptProcess =>
    keepProcess({
      name,
      script,
      env: { ...env, OUTERPARK_HOME: home },
      readyUrl: `${url}/readyz`,
      logFile: join(logs, `${name}.log`),
      onPid: lifeline.add,
    });

  const helpers = [
    keep(
      'simulator',
      helperScript('simulator'),
      {
        PORT: String(port('simulator')),
        DATA_DIR: join(home, 'simulator'),
        WEBHOOK_URL: `${direct.gateway}/api/payments/webhooks/simulator`,
        WEBHOOK_SECRET: direct.webhookSecret,
      },
      direct.paymentProvider,
    ),
    keep(
      'mail',
      helperScript('mail'),
      { PORT: String(port('mail')), SMTP_PORT: String(port('smtp')) },
      `http://127.0.0.1:${port('mail')}`,
    ),
  ];
  const serviceMain = join(__dirname, '../points/service-main.js');
  const replicas = services.flatMap((service) =>
    REPLICAS.map((replica) => {
      const name = `${service}-${replica}`;
      const url = direct.services[service][replica - 1]!;
      const env = {
        ...environmentOf(service, replica, at, Number(new URL(url).port)),
        ...own[service],
        FAULT_SERVICE: service,
        FAULT_DIR: marks,
        ...faults[name],
      };
      return keep(name, serviceMain, env, url);
    }),
  );
  const gateways = GATEWAYS.map((number) => {
    const url = `http://127.0.0.1:${port(`gateway-${number}`)}`;
    const env = {
      ...environmentOf('gateway', 1, direct, Number(new URL(url).port)),
      ...own.gateway,
      ...faults[`gateway-${number}`],
    };
    return keep(`gateway-${number}`, join(DIST, 'gateway/dist/main.js'), env, url);
  });
  const processes = [...helpers, ...replicas, ...gateways];
  const end = async (): Promise<void> => {
    await Promise.all(processes.map((process) => process.end()));
    await Promise.allSettled([kafka.kill(), postgres.kill(), network?.stop(), issuer.stop()]);
    lifeline.release();
  };
  try {
    await Promise.all(processes.map((process) => process.ready()));
  } catch (error) {
    await end();
    throw error;
  }

  return {
    home,
    processes,
    process: (name) => {
      const found = processes.find((one) => one.name === name);
      if (!found) throw new Error(`there is no process ${name}`);
      return found;
    },
    postgres,
    kafka,
    network,
    gateways: GATEWAYS.map((number) => `http://127.0.0.1:${port(`gateway-${number}`)}`),
    services: direct.services,
    audited: {
      databases: direct.databases,
      kafka: { brokers: [direct.kafkaBrokers], topicPrefix: '' },
      mypageDirs: direct.mypageDirs,
      providerUrl: direct.paymentProvider,
    },
    mailUrl: `http://127.0.0.1:${port('mail')}`,
    marks,
    token: ({ sub, roles = ['customer'] }) =>
      issuer.token({ sub, roles, email: `${sub}@example.com`, name: sub, locale: 'en', expiresIn: '2h' }),
    lastLog: (name) => (JSON.parse(logTail(join(logs, `${name}.log`), 1)) as { time: string }).time,
    provider: async (switched) => {
      const answer = await fetch(`${direct.paymentProvider}/faults`, {
        method: switched ? 'PUT' : 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: switched ? JSON.stringify(switched) : undefined,
      });
      if (!answer.ok) throw new Error(`the simulator refused these faults: ${await answer.text()}`);
    },
    end,
  };
}

const helperScript = (name: 'simulator' | 'mail'): string => join(DIST, `dev/dist/${name}/main.js`);
