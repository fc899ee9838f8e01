import { CannotStart } from '../servers/cannot-start';
import { isPortFree } from '../servers/free-port';

/** What stands in front, what keeps its own data, and what neither is counted nor copied. */
export const services = ['musical', 'reservation', 'payment', 'notification', 'mypage'] as const;
export type Service = (typeof services)[number];

const PORTS = {
  gateway: 8080,
  musical: 8081,
  reservation: 8082,
  payment: 8083,
  notification: 8084,
  mypage: 8085,
  simulator: 8090,
  issuer: 8091,
  mail: 8092,
  smtp: 8093,
  // Not their usual ones, which a PostgreSQL and a Kafka of this machine may have.
  kafka: 19092,
  kafkaController: 19093,
  postgres: 54329,
};
export type PortName = keyof typeof PORTS;

const REPLICA_STEP = 100;

export type PortOf = (name: PortName, replica?: number) => number;

/** The port of each part; replicas are counted from 1. */
export const portsWith =
  (offset: number): PortOf =>
  (name, replica = 1) =>
    PORTS[name] + offset + REPLICA_STEP * (replica - 1);

/** Of all above 8080, the one that fetch and browsers refuse to talk to. */
const REFUSED = 10_080;

/** Throws one sentence about the first port that somebody else has, or that is of no use. `user` is what needs it. */
export const requireFree = async (ports: { port: number; user: string }[]): Promise<void> => {
  for (const { port, user } of ports) {
    if (port === REFUSED) {
      throw new CannotStart(
        `Browsers refuse port ${port}, on which ${user} would be; set another OUTERPARK_PORT_OFFSET.`,
      );
    }
    if (await isPortFree(port)) continue;
    throw new CannotStart(
      `Port ${port}, which ${user} needs, is taken by another program; stop that one, or move all ports with OUTERPARK_PORT_OFFSET=1000 npm start.`,
    );
  }
};
