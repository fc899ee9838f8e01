import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault-case';

const SERVICES = ['reservation', 'musical', 'payment', 'notification', 'mypage'];
const names = [...SERVICES, 'gateway'].flatMap((service) => [`${service}-1`, `${service}-2`]);

/** Between `least` and twice that. */
const aWhile = (least: number): Promise<void> => sleep(least * (1 + Math.random()));

/** Each process once, in a random order. */
const inAnyOrder = (): string[] =>
  names
    .map((name) => ({ name, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name);

export const atRandomTimes: FaultCase[] = [
  {
    name: 'killed-at-random-times',
    title: 'kill -9 of every process of every service and of the gateways, at random times',
    run: async ({ system }) => {
      const killed = inAnyOrder();
      for (const name of killed) {
        const starts = system.process(name).starts();
        system.process(name).signal('SIGKILL');
        await aWhile(1_000);
        if (system.process(name).starts() === starts) throw new Error(`${name} was not killed`);
      }
      return killed;
    },
  },
  {
    name: 'frozen-at-random-times',
    title: 'SIGSTOP of a process of each service at random times, for 11 s, and SIGCONT',
    run: async ({ system }) => {
      const frozen = SERVICES.map((service) => `${service}-${1 + Math.floor(2 * Math.random())}`);
      const thaws: Promise<void>[] = [];
      for (const name of frozen) {
        system.process(name).signal('SIGSTOP');
        thaws.push(sleep(11_000).then(() => system.process(name).signal('SIGCONT')));
        await aWhile(3_000);
      }
      await Promise.all(thaws);
      return frozen;
    },
  },
];
