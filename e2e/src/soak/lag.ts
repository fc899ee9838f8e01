import { createLogger } from '@outerpark/chassis/logger';
import { connectKafka } from '@outerpark/chassis/messaging/kafka';
import { CONTACTS_TOPIC, eventTopics, type Topic } from '@outerpark/contracts/topics';
import type { RunFile } from '@outerpark/dev/start/run-file';
import { fileOf } from '@outerpark/mypage/dump';
import { readTogether } from '@outerpark/mypage/persistence/sqlite-store';
import { metricsOf } from './processes';
import { STORED, type Stores } from './stores';

export interface LagSample {
  /** By consumer: messages in Kafka that it has not applied. */
  messages: Record<string, number>;
  /** By consumer: how long ago its slowest partition was last seen at its end, in seconds. */
  seconds: Record<string, number>;
  /** Age of the oldest event that has not reached Kafka, in any service, in seconds. */
  outboxSeconds: number;
  /** All messages of all topics. */
  total: number;
}

export interface LagWatch {
  sample(): Promise<LagSample>;
  close(): Promise<void>;
}

interface Position {
  topic: Topic;
  partition: number;
  next: number;
}

const TOPICS: Topic[] = [...eventTopics, CONTACTS_TOPIC];
const POSITIONS = 'SELECT topic, partition, next_offset AS next FROM consumer_offset';

export function watchLag(run: RunFile, stores: Stores): LagWatch {
  const logger = createLogger('soak', 'silent');
  const broker = connectKafka({ brokers: run.kafkaBrokers.split(','), clientId: 'soak', topicPrefix: '', logger });

  const readEnds = async () =>
    new Map(
      await Promise.all(TOPICS.map(async (topic): Promise<[Topic, number[]]> => [topic, await broker.ends(topic)])),
    );
  const readPositions = async (): Promise<[string, Position[]][]> => [
    ...(await Promise.all(
      STORED.map(async (name): Promise<[string, Position[]]> => [name, await stores.query<Position>(name, POSITIONS)]),
    )),
    ['mypage', await readTogether(fileOf(run.mypageDirs[0]!), (read) => read<Position>(POSITIONS))],
  ];

  return {
    sample: async () => {
      const ends = await readEnds();
      const positions = await readPositions();
      const metrics = await Promise.all(
        positions.map(
          async ([name]) => [name, await metricsOf(run.services[name as keyof RunFile['services']][0]!)] as const,
        ),
      );
      const behind = ({ topic, partition, next }: Position) =>
        Math.max(0, (ends.get(topic)?.[partition] ?? 0) - Number(next));
      return {
        messages: Object.fromEntries(positions.map(([name, each]) => [name, sum(each.map(behind))])),
        seconds: Object.fromEntries(metrics.map(([name, said]) => [name, said.get('consumer_caught_up_seconds') ?? 0])),
        outboxSeconds: Math.max(...metrics.map(([, said]) => said.get('outbox_oldest_unpublished_seconds') ?? 0)),
        total: sum([...ends.values()].flat()),
      };
    },
    close: broker.close,
  };
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
