import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { PARTITIONS } from '@outerpark/contracts/topics';
import { freePort } from '../../../../dev/src/servers/free-port';
import { startKafka } from '../../../../dev/src/servers/kafka';
import { startRelay } from '../../src/messaging/relay';
import { eventually } from '../../src/testing/eventually';
import { logger, uuids, writeEvents } from '../support/store';
import type { AdapterName } from './adapters';
import { appliedBy, effectsOf } from './effects';
import { createWorld, expectEffects, expectShares, outgoing, type World } from './world';
import { openDeadLetters } from '../../src/testing/dead-letters';

const PATIENCE = { withinMs: 20_000 };

/** Every event has its effect once and in order, through the inbox into PostgreSQL, whatever happens to the group meanwhile. */
export function exactlyOnceConformance(adapter: AdapterName): void {
  let world: World;
  afterEach(() => world.end());

  const moreFlow = (flow: { published(): number }) => {
    const before = flow.published();
    return eventually(() => expect(flow.published()).toBeGreaterThan(before + 5), PATIENCE);
  };
  const appliesBy = (pid: number, atLeast = 1) =>
    eventually(async () => expect(await appliedBy(world.store, pid)).toBeGreaterThanOrEqual(atLeast), PATIENCE);

  describe('on the shared broker', () => {
    beforeEach(async () => {
      world = await createWorld(adapter);
    });

    test('members come and go while messages flow', async () => {
      const flow = world.startFlow();
      const one = world.join();
      await expectShares(one);
      await moreFlow(flow);
      const two = world.join();
      const three = world.join();
      await expectShares(one, two, three);
      await moreFlow(flow);
      await one.stop();
      await expectShares(two, three);
      const four = world.join();
      await Promise.all([two.stop(), three.stop()]);
      await expectShares(four);
      await moreFlow(flow);
      await expectEffects(world.store, await flow.stop());
    });

    test('a poison message stops neither its partition nor the flow', async () => {
      const [bad] = uuids(1) as [string];
      world.join();
      const flow = world.startFlow();
      await world.broker.publish([
        outgoing(bad, 1),
        outgoing(bad, 2, { value: '{"schemaVersion":1' }),
        outgoing(bad, 3),
      ]);
      await moreFlow(flow);
      const published = await flow.stop();
      published.set(bad, [1]);
      await expectEffects(world.store, published);
      expect(await openDeadLetters(world.store)).toMatchObject([
        { aggregate: bad, queued: false },
        { aggregate: bad, queued: true },
      ]);
    });

    test('what a relay sends twice has one effect', async () => {
      world.join();
      const keys = uuids(PARTITIONS);
      const round = (version: number) => keys.map((key) => outgoing(key, version));
      for (const version of [1, 2, 1, 2, 3, 2, 3]) await world.broker.publish(round(version));
      await expectEffects(world.store, new Map(keys.map((key) => [key, [1, 2, 3]])));
    });

    test("a killed member's partitions move to the others when its session ends", async () => {
      const flow = world.startFlow();
      const survivor = world.join();
      const child = world.spawnMember();
      await appliesBy(child.pid!, 50);
      await eventually(() => expect(survivor.health().assigned).toHaveLength(PARTITIONS / 2), PATIENCE);

      child.kill('SIGKILL');
      await once(child, 'exit');
      await expectShares(survivor);
      await moreFlow(flow);
      await expectEffects(world.store, await flow.stop());
    });

    test('a frozen member loses its partitions, and does no harm when it thaws', async () => {
      const flow = world.startFlow();
      const other = world.join();
      const child = world.spawnMember();
      await appliesBy(child.pid!, 50);
      await eventually(() => expect(other.health().assigned).toHaveLength(PARTITIONS / 2), PATIENCE);

      child.kill('SIGSTOP');
      await expectShares(other);
      await moreFlow(flow);
      const before = await appliedBy(world.store, child.pid!);
      child.kill('SIGCONT');
      await eventually(() => expect(other.health().assigned).toHaveLength(PARTITIONS / 2), PATIENCE);
      await appliesBy(child.pid!, before + 50);
      await moreFlow(flow);
      await expectEffects(world.store, await flow.stop());
    });
  });

  test('the broker stops, is killed and freezes while services write and read: nothing is lost, nothing comes twice', async () => {
    const dir = mkdtempSync(join(process.env.TEST_SERVERS_DIR!, 'kafka-'));
    const options = { dir, port: await freePort(), controllerPort: await freePort() };
    let kafka = await startKafka(options);
    world = await createWorld(adapter, { brokers: [kafka.brokers], topicPrefix: '' });
    const { store, broker } = world;
    try {
      const relay = startRelay({ store, broker, logger });
      const member = world.join();
      const aggregates = uuids(PARTITIONS);
      const written = new Map<string, number[]>();
      const write = async () => {
        const version = (written.get(aggregates[0]!)?.length ?? 0) + 1;
        await Promise.all(aggregates.map((id) => writeEvents(store, id, [version], () => void relay.wake())));
        for (const id of aggregates) written.set(id, [...(written.get(id) ?? []), version]);
      };
      await write();
      await expectEffects(store, written);

      await kafka.stop();
      await write();
      kafka = await startKafka(options);
      await write();
      await expectEffects(store, written);

      await kafka.kill();
      await write();
      kafka = await startKafka(options);
      await write();
      await expectEffects(store, written);

      await kafka.kill('SIGSTOP');
      await write();
      await eventually(() => expect(member.health().joined).toBe(false), PATIENCE);
      await kafka.kill('SIGCONT');
      await write();
      await expectEffects(store, written);

      await relay.stop();
      expect(await effectsOf(store)).toEqual(written);
    } finally {
      await world.end();
      await kafka.stop();
    }
  });
}
