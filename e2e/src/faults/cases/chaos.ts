import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Trouble } from '../fault-case';
import { pick, randomOf } from '../load/plan';
import { neighbours } from '../system/addresses';
import type { Server } from '../system/servers';
import { openTopics } from '../system/topics';
import { stealLeases } from './stores';

type Random = () => number;
/** Does something and undoes it; gives what it was. */
type Fault = (trouble: Trouble, random: Random) => Promise<string>;

const between = (least: number, most: number, random: Random): number => Math.round(least + (most - least) * random());

const killed: Fault = ({ system }, random) => {
  const { name, signal } = pick(system.processes, random);
  signal('SIGKILL');
  return Promise.resolve(`kill -9 of ${name}`);
};

const frozen: Fault = async ({ system }, random) => {
  const { name, signal } = pick(system.processes, random);
  const ms = between(500, 15_000, random);
  signal('SIGSTOP');
  await sleep(ms);
  signal('SIGCONT');
  return `SIGSTOP of ${name} for ${ms} ms`;
};

const away =
  (name: 'kafka' | 'postgres'): Fault =>
  async ({ system }, random) => {
    const server: Server = system[name];
    const how = random() < 0.5 ? 'stop' : 'kill';
    const ms = between(0, 8_000, random);
    await server[how]();
    await sleep(ms);
    await server.start();
    return `${name}: ${how}, and start after ${ms} ms`;
  };

const slowNetwork: Fault = async ({ system }, random) => {
  const neighbour = pick(neighbours, random);
  const toxic = pick([{ latency: between(50, 4_000, random) }, 'cut', 'reset'] as const, random);
  const ms = between(1_000, 8_000, random);
  await system.network!.poison(neighbour, toxic);
  await sleep(ms);
  await system.network!.cure();
  return `network to ${neighbour}: ${JSON.stringify(toxic)} for ${ms} ms`;
};

const sickProvider: Fault = async ({ system }, random) => {
  const faults = pick(
    [
      { noAnswer: 'before' },
      { noAnswer: 'after' },
      { errorRate: random() },
      { latencyMs: between(100, 5_000, random) },
      { tooManyRequests: true },
      { declineNext: between(1, 30, random) },
      { down: true },
    ],
    random,
  );
  const ms = between(1_000, 10_000, random);
  await system.provider(faults);
  await sleep(ms);
  await system.provider();
  return `provider: ${JSON.stringify(faults)} for ${ms} ms`;
};

const stolen: Fault = async ({ system }) => `${await stealLeases(system.audited.databases, true)} relay leases stolen`;

const duplicated: Fault = async ({ system }) => {
  const topics = openTopics(system.audited);
  try {
    const messages = await topics.read();
    await topics.publish(messages);
    return `${messages.length} messages delivered again`;
  } finally {
    await topics.close();
  }
};

const FAULTS: Fault[] = [
  killed,
  killed,
  killed,
  frozen,
  frozen,
  away('kafka'),
  away('postgres'),
  slowNetwork,
  slowNetwork,
  sickProvider,
  sickProvider,
  stolen,
  duplicated,
];

/** Random faults at random times, one after another, the same for the same seed. */
export const chaos = (seconds: number, seed: number): FaultCase => ({
  name: 'random',
  title: `random faults for ${seconds} s, seed ${seed}`,
  through: neighbours,
  run: async (trouble) => {
    const random = randomOf(seed);
    const done: string[] = [];
    for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(between(200, 4_000, random))) {
      const fault = pick(FAULTS, random);
      // What the one before has taken away may be missing to this one.
      const what = await fault(trouble, random).catch((error: unknown) => `could not be done: ${String(error)}`);
      trouble.say(what);
      done.push(what);
    }
    return done;
  },
});
