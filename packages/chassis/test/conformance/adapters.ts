import type { Broker } from '../../src/messaging/broker';
import { connectKafka, type KafkaOptions } from '../../src/messaging/kafka';

export type Connect = (options: KafkaOptions) => Broker;

/** All adapters of the broker's port. Another one comes in here, beside the first, and the whole suite runs for it. */
export const adapters = { kafkajs: connectKafka } satisfies Record<string, Connect>;
export type AdapterName = keyof typeof adapters;
