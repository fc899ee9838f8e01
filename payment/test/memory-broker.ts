import type { Broker, OutgoingMessage, SubscribeOptions } from '@outerpark/chassis/messaging/broker';
import { PARTITIONS } from '@outerpark/contracts/topics';

/** A broker that keeps what is published, and leaves it to the test which messages come in, and in which order. */
export function memoryBroker() {
  const published: OutgoingMessage[] = [];
  const subscribed: SubscribeOptions[] = [];
  const broker: Broker = {
    publish: (messages) => Promise.resolve(void published.push(...messages)),
    subscribe: (options) => {
      subscribed.push(options);
      return { health: () => ({ joined: true, assigned: [], paused: [] }), stop: () => Promise.resolve() };
    },
    ends: () => Promise.resolve(Array.from({ length: PARTITIONS }, () => 0)),
    ensureTopics: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { broker, published, inbox: () => subscribed[0]! };
}
