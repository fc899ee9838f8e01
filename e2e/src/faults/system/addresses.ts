import { join } from 'node:path';
import { DEVELOPMENT_SECRET, stored, type Addresses, type Stored } from '@outerpark/dev/start/environment';
import { services, type Service } from '@outerpark/dev/start/ports';
import { quietPort } from './ports';
import type { Proxied } from './toxiproxy';

export const neighbours = ['postgres', 'kafka', 'musical', 'provider', 'smtp'] as const;
/** What can be reached through Toxiproxy instead of directly. */
export type Neighbour = (typeof neighbours)[number];

export const REPLICAS = [1, 2];
export const GATEWAYS = [1, 2];

/** The port of each process, server and proxy by its name. */
export type Port = (name: string) => number;

export async function portsFor(through: readonly Neighbour[]): Promise<Port> {
  const names = [
    ...['postgres', 'kafka', 'kafkaController', 'simulator', 'mail', 'smtp', 'toxiproxy'],
    ...services.flatMap((service) => REPLICAS.map((replica) => `${service}-${replica}`)),
    ...GATEWAYS.map((number) => `gateway-${number}`),
    ...through.flatMap((neighbour) => [`${neighbour}Proxy`, `${neighbour}Proxy-2`]),
  ];
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await quietPort());
  return (name) => {
    const port = ports.get(name);
    if (port === undefined) throw new Error(`there is no port for ${name}`);
    return port;
  };
}

export function proxiesOf(port: Port, through: readonly Neighbour[]): Proxied[] {
  const between = (name: string, proxy: string, upstream: string) => ({
    name,
    port: port(proxy),
    upstream: port(upstream),
  });
  const proxies: Record<Neighbour, () => Proxied[]> = {
    postgres: () => [between('postgres', 'postgresProxy', 'postgres')],
    kafka: () => [between('kafka', 'kafkaProxy', 'kafka')],
    musical: () =>
      REPLICAS.map((n) => between(`musical-${n}`, n === 1 ? 'musicalProxy' : `musicalProxy-${n}`, `musical-${n}`)),
    provider: () => [between('provider', 'providerProxy', 'simulator')],
    smtp: () => [between('smtp', 'smtpProxy', 'smtp')],
  };
  return through.flatMap((neighbour) => proxies[neighbour]());
}

const local = (port: number): string => `http://127.0.0.1:${port}`;

export const addressesOf = (home: string, port: Port, issuer: string): Addresses => ({
  gateway: local(port('gateway-1')),
  services: Object.fromEntries(
    services.map((service) => [service, REPLICAS.map((replica) => local(port(`${service}-${replica}`)))]),
  ) as Record<Service, string[]>,
  databases: databasesAt(port('postgres')),
  mypageDirs: REPLICAS.map((replica) => join(home, `mypage-${replica}`)),
  kafkaBrokers: `127.0.0.1:${port('kafka')}`,
  oidc: { issuer, audience: 'outerpark' },
  paymentProvider: local(port('simulator')),
  webhookSecret: DEVELOPMENT_SECRET,
  smtp: `smtp://127.0.0.1:${port('smtp')}`,
  chat: { url: '', secret: '' },
});

const databasesAt = (port: number) =>
  Object.fromEntries(stored.map((name) => [name, `postgres://${name}:${name}@127.0.0.1:${port}/${name}`])) as Record<
    Stored,
    string
  >;

/** The addresses as the services see them: their neighbours behind their proxies. */
export function seenBy(direct: Addresses, port: Port, through: readonly Neighbour[]): Addresses {
  const proxied = (neighbour: Neighbour) => through.includes(neighbour);
  return {
    ...direct,
    ...(proxied('postgres') && { databases: databasesAt(port('postgresProxy')) }),
    ...(proxied('kafka') && { kafkaBrokers: `127.0.0.1:${port('kafkaProxy')}` }),
    ...(proxied('provider') && { paymentProvider: local(port('providerProxy')) }),
    ...(proxied('smtp') && { smtp: `smtp://127.0.0.1:${port('smtpProxy')}` }),
    ...(proxied('musical') && {
      services: { ...direct.services, musical: [local(port('musicalProxy')), local(port('musicalProxy-2'))] },
    }),
  };
}
