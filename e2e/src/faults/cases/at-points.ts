import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '@outerpark/dev/start/ports';
import { markOf, type Point } from '../points/points';
import type { FaultCase, Trouble } from '../fault-case';

/** The points of each service, in the order in which they are hit. */
const pointsOf: Record<Service, Point[]> = {
  musical: ['before send', 'before mark', 'within a fold'],
  reservation: ['before send', 'before mark', 'before hold', 'before reservation', 'within a fold'],
  payment: ['before send', 'before mark', 'before charge', 'within a fold', 'before record'],
  notification: ['before send', 'before mark', 'after mail', 'within a fold'],
  mypage: ['within a fold'],
};

/** Longer than a session of the consumer group and a lease of the relay: others have taken over when it thaws. */
const FROZEN_MS = 12_000;
/** Longer than an intent waits. */
const FROZEN_IN_A_CALL_MS = 8_000;
/** Longer than a payment is left to its worker. */
const FROZEN_AT_THE_PROVIDER_MS = 33_000;
const HIT_LIMIT_MS = 60_000;

const frozenFor = (point: Point): number => {
  if (point === 'before record') return FROZEN_AT_THE_PROVIDER_MS;
  return point === 'before hold' || point === 'before reservation' ? FROZEN_IN_A_CALL_MS : FROZEN_MS;
};

const armed = (service: Service, signal: string): FaultCase['faults'] => ({
  [`${service}-1`]: { FAULT_SIGNAL: signal, FAULT_POINTS: pointsOf[service].join(','), FAULT_NTH: '5' },
});

const killedAtPoints = (service: Service): FaultCase => ({
  name: `${service}-killed-at-points`,
  title: `kill -9 of ${service} ${listed(pointsOf[service])}`,
  faults: armed(service, 'SIGKILL'),
  run: async (trouble) => {
    const hit: string[] = [];
    for (const point of pointsOf[service]) hit.push(await untilHit(trouble, point));
    await trouble.system.process(`${service}-1`).ready();
    const starts = trouble.system.process(`${service}-1`).starts();
    if (starts <= pointsOf[service].length) throw new Error(`${service}-1 was started ${starts} times only`);
    return hit;
  },
});

const frozenAtPoints = (service: Service): FaultCase => ({
  name: `${service}-frozen-at-points`,
  title: `SIGSTOP of ${service} ${listed(pointsOf[service])}, SIGCONT when others have taken over`,
  faults: armed(service, 'SIGSTOP'),
  run: async (trouble) => {
    const hit: string[] = [];
    for (const point of pointsOf[service]) {
      hit.push(await untilHit(trouble, point));
      await sleep(frozenFor(point));
      trouble.system.process(`${service}-1`).signal('SIGCONT');
    }
    return hit;
  },
});

async function untilHit({ system, say }: Trouble, point: Point): Promise<string> {
  for (const until = Date.now() + HIT_LIMIT_MS; !existsSync(markOf(system.marks, point)); await sleep(50)) {
    if (Date.now() > until) throw new Error(`the point "${point}" was not hit`);
  }
  say(`hit ${point}`);
  return point;
}

const listed = (points: Point[]): string => points.join(', ');

const services = Object.keys(pointsOf) as Service[];
export const atPoints: FaultCase[] = [...services.map(killedAtPoints), ...services.map(frozenAtPoints)];
