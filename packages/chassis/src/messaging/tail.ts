import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '@outerpark/contracts/topics';
import type { Broker, IncomingMessage } from './broker';

/** Kafka gives nothing for so long although there is more. */
const STUCK_MS = 10_000;
const LOOK_MS = 10;

/** The last `depth` messages of each partition of a topic, in no order between partitions. Throws when they cannot be read. */
export async function readTail(broker: Broker, topic: Topic, depth: number): Promise<IncomingMessage[]> {
  const ends = await broker.ends(topic);
  const nexts = ends.map((end) => Math.max(0, end - depth));
  const tail: IncomingMessage[] = [];
  const done = () => ends.every((end, partition) => nexts[partition]! >= end);
  if (done()) return tail;

  let movedAt = performance.now();
  const subscription = broker.subscribe({
    groupId: `tail-${randomUUID()}`,
    transient: true,
    topics: [topic],
    position: (_topic, partition) => Promise.resolve(nexts[partition]!),
    apply: ({ partition, messages }) => {
      tail.push(...messages.filter(({ offset }) => offset >= nexts[partition]!));
      nexts[partition] = messages.at(-1)!.offset + 1;
      movedAt = performance.now();
      return Promise.resolve({ next: nexts[partition] });
    },
  });
  try {
    while (!done()) {
      if (performance.now() - movedAt > STUCK_MS)
        throw new Error(`Kafka does not give the newest messages of ${topic}`);
      await pause(LOOK_MS);
    }
  } finally {
    await subscription.stop();
  }
  return tail;
}
