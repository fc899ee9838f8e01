import { join } from 'node:path';
import { type PortOf, type Service, services } from './ports';

/** The services with a database of their own, which is also its name, its role's and its password. */
export const stored = ['musical', 'reservation', 'payment', 'notification'] as const;
export type Stored = (typeof stored)[number];

/** Where everything is: what is ours by its port, what is somebody else's by the user's environment. */
export interface Addresses {
  gateway: string;
  services: Record<Service, string[]>;
  databases: Record<Stored, string>;
  mypageDirs: string[];
  kafkaBrokers: string;
  oidc: { issuer: string; audience: string };
  paymentProvider: string;
  /** By which the provider signs its webhooks; empty when it is somebody else's and the user names none. */
  webhookSecret: string;
  smtp: string;
  /** The adapter of a chat service; both empty when there is none. */
  chat: { url: string; secret: string };
}

/** Which servers we start ourselves, because the environment names no other. */
export interface Own {
  /** The services whose database is in our PostgreSQL; none, and it is not started. */
  databases: Stored[];
  kafka: boolean;
  simulator: boolean;
  issuer: boolean;
  mail: boolean;
}

const databaseVariable = (service: Stored): string => `${service.toUpperCase()}_DATABASE_URL`;
/** Known to everybody, and so of no use but to try things out. */
export const DEVELOPMENT_SECRET = 'whsec_T3V0ZXJQYXJrIGZvciBkZXZlbG9wbWVudCBvbmx5';

const local = (port: number): string => `http://127.0.0.1:${port}`;

/** Reads which servers the user's environment names. An empty variable counts as absent. */
export const ownServers = (env: NodeJS.ProcessEnv): Own => ({
  databases: stored.filter((service) => !env[databaseVariable(service)]),
  kafka: !env.KAFKA_BROKERS,
  simulator: !env.PAYMENT_PROVIDER_URL,
  issuer: !env.OIDC_ISSUER,
  mail: !env.SMTP_URL,
});

/** In our own inbox, when it is started and the user names no other adapter. */
const chatOf = (env: NodeJS.ProcessEnv, inbox: string): Addresses['chat'] => {
  if (env.CHAT_WEBHOOK_URL) return { url: env.CHAT_WEBHOOK_URL, secret: env.CHAT_WEBHOOK_SECRET ?? '' };
  return ownServers(env).mail ? { url: `${inbox}/chat`, secret: DEVELOPMENT_SECRET } : { url: '', secret: '' };
};

export const addresses = (env: NodeJS.ProcessEnv, portOf: PortOf, replicas: number, dataDir: string): Addresses => {
  const each = Array.from({ length: replicas }, (_, index) => index + 1);
  const urlsOf = (service: Service): [Service, string[]] => [
    service,
    each.map((replica) => local(portOf(service, replica))),
  ];
  const databaseOf = (service: Stored): [Stored, string] => [
    service,
    env[databaseVariable(service)] || `postgres://${service}:${service}@127.0.0.1:${portOf('postgres')}/${service}`,
  ];
  return {
    gateway: local(portOf('gateway')),
    services: Object.fromEntries(services.map(urlsOf)) as Record<Service, string[]>,
    databases: Object.fromEntries(stored.map(databaseOf)) as Record<Stored, string>,
    mypageDirs: each.map((replica) => join(dataDir, `mypage-${replica}`)),
    kafkaBrokers: env.KAFKA_BROKERS || `127.0.0.1:${portOf('kafka')}`,
    oidc: { issuer: env.OIDC_ISSUER || local(portOf('issuer')), audience: env.OIDC_AUDIENCE || 'outerpark' },
    paymentProvider: env.PAYMENT_PROVIDER_URL || local(portOf('simulator')),
    webhookSecret: env.PAYMENT_WEBHOOK_SECRET || (env.PAYMENT_PROVIDER_URL ? '' : DEVELOPMENT_SECRET),
    smtp: env.SMTP_URL || `smtp://127.0.0.1:${portOf('smtp')}`,
    chat: chatOf(env, local(portOf('mail'))),
  };
};

/** The origins by which browsers find the gateway; our issuer sends them back to any of these. */
export const publicUrls = ({ gateway }: Addresses): string[] =>
  process.env.PUBLIC_URL?.split(',') ?? [gateway, gateway.replace('//127.0.0.1', '//localhost')];

/** The environment of one replica of a service, or of the gateway; the user's own passes through beside it. */
export const environmentOf = (
  service: Service | 'gateway',
  replica: number,
  at: Addresses,
  port: number,
): Record<string, string> => {
  const own: Record<Service | 'gateway', Record<string, string>> = {
    gateway: {
      ...Object.fromEntries(services.map((name) => [`${name.toUpperCase()}_URL`, at.services[name].join(',')])),
      PUBLIC_URL: publicUrls(at).join(','),
    },
    musical: {},
    reservation: { MUSICAL_URL: at.services.musical.join(',') },
    payment: { PAYMENT_PROVIDER_URL: at.paymentProvider, PAYMENT_WEBHOOK_SECRET: at.webhookSecret },
    notification: {
      SMTP_URL: at.smtp,
      MAIL_FROM: process.env.MAIL_FROM || 'OuterPark <no-reply@outerpark.example>',
      PUBLIC_URL: process.env.PUBLIC_URL || at.gateway,
      CHAT_WEBHOOK_URL: at.chat.url,
      CHAT_WEBHOOK_SECRET: at.chat.secret,
    },
    mypage: { DATA_DIR: at.mypageDirs[replica - 1]! },
  };
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: process.env.LOG_LEVEL || 'info',
    HOST: '127.0.0.1',
    PORT: String(port),
    OIDC_ISSUER: at.oidc.issuer,
    OIDC_AUDIENCE: at.oidc.audience,
    ...(service !== 'gateway' && { KAFKA_BROKERS: at.kafkaBrokers }),
    ...(service !== 'gateway' && service !== 'mypage' && { DATABASE_URL: at.databases[service] }),
    ...own[service],
  };
};
