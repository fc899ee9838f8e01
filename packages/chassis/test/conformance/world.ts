import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PARTITIONS } from '@outerpark/contracts/topics';
import { startLoop } from '../../src/loop';
import type { Broker, OutgoingMessage, Subscription } from '../../src/messaging/broker';
import { startConsumer, type RunningConsumer } from '../../src/messaging/consumer';
import { eventually } from '../../src/testing/eventually';
import { testKafka } from '../../src/testing/kafka';
import { messageOf } from '../../src/testing/messages';
import { abandoned, logger, openStore, uuids, type TestStore } from '../support/store';
import { adapters, type AdapterName } from './adapters';
import { CreateEffect1790000009000, effectReaders, effectsOf, TOPIC } from './effects';
import type { MemberOptions } from './member';

/** The shortest that the test broker allows is 2 s; a loaded machine needs some more. */
export const SESSION_TIMEOUT_MS = 4_000;

export interface Member {
  health(): ReturnType<Subscription['health']>;
  stop(): Promise<void>;
}

export interface World {
  store: TestStore;
  broker: Broker;
  groupId: string;
  /** Joins the group in this process. */
  join(sessionTimeoutMs?: number): Member;
  /** Joins the group in a process of its own. */
  spawnMember(): ChildProcess;
  /** Publishes versions 1, 2, 3 ... of some aggregates until it is stopped; gives what was published then. */
  startFlow(): { published(): number; stop(): Promise<Map<string, number[]>> };
  end(): Promise<void>;
}

/** A service's store and a group of its members, on topics of their own. */
export async function createWorld(adapter: AdapterName, kafka = testKafka()): Promise<World> {
  const [store, endStore] = await openStore([CreateEffect1790000009000]);
  const connect = (sessionTimeoutMs = SESSION_TIMEOUT_MS) =>
    adapters[adapter]({ ...kafka, clientId: 'test', logger, sessionTimeoutMs });
  const broker = connect();
  await eventually(() => broker.ensureTopics(), { withinMs: 20_000 });
  const groupId = 'conformance';
  const members: RunningConsumer[] = [];
  const children: ChildProcess[] = [];
  let ended = false;

  return {
    store,
    broker,
    groupId,

    join: (sessionTimeoutMs) => {
      const own = connect(sessionTimeoutMs);
      const consumer = startConsumer({
        broker: own,
        store,
        groupId,
        readers: effectReaders,
        logger,
        now: () => new Date(),
      });
      const stop = async () => {
        await consumer.stop();
        await own.close();
      };
      const member = { ...consumer, stop };
      members.push(member);
      return member;
    },

    spawnMember: () => {
      const options: MemberOptions = {
        ...kafka,
        adapter,
        databaseUrl: store.url,
        groupId,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
      };
      const args = ['-r', join(__dirname, 'register.js'), join(__dirname, 'member.ts'), JSON.stringify(options)];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
      children.push(child);
      return child;
    },

    startFlow: () => {
      const aggregates = uuids(2 * PARTITIONS);
      let version = 0;
      const loop = startLoop({
        name: 'flow',
        logger,
        idleMs: 20,
        work: async () => {
          const next = version + 1;
          await broker.publish(aggregates.map((subject) => outgoing(subject, next)));
          version = next;
          return 'idle';
        },
      });
      return {
        published: () => version,
        stop: async () => {
          await loop.stop();
          const versions = Array.from({ length: version }, (_, index) => index + 1);
          return new Map(aggregates.map((subject) => [subject, versions]));
        },
      };
    },

    end: async () => {
      if (ended) return;
      ended = true;
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(members.map((member) => member.stop()));
      await broker.close();
      await endStore();
    },
  };
}

/** A message whose id is that of its subject and version, as it is for an outbox row however often it is sent. */
export function outgoing(subject: string, version: number, more: object = {}): OutgoingMessage {
  const { key, headers, value } = messageOf(abandoned(subject), { subject, version, ...more });
  return { topic: TOPIC, key, headers: { ...headers, ce_id: `${subject}/${version}` }, value };
}

/** Waits until as many effects are there as were published, and compares: all of them, in order, none twice. */
export async function expectEffects(store: TestStore, published: Map<string, number[]>): Promise<void> {
  const total = [...published.values()].reduce((sum, versions) => sum + versions.length, 0);
  const reached = async () => {
    const [row] = await store.query<{ n: number }>('SELECT count(*)::int AS n FROM effect');
    expect(row!.n).toBeGreaterThanOrEqual(total);
  };
  await eventually(reached, { withinMs: 20_000 });
  expect(await effectsOf(store)).toEqual(published);
}

/** Waits until these live members share all partitions of the topic evenly. */
export const expectShares = (...members: Member[]): Promise<void> =>
  eventually(
    () => {
      const shares = members.map((member) => member.health());
      expect(shares.map(({ joined, assigned }) => joined && assigned.length)).toEqual(
        members.map(() => PARTITIONS / members.length),
      );
      expect(new Set(shares.flatMap(({ assigned }) => assigned)).size).toBe(PARTITIONS);
    },
    { withinMs: 20_000 },
  );
