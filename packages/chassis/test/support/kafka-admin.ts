import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../../src/testing/eventually';

/** What tests ask of the broker itself, beside any adapter. */
export function createKafkaAdmin({ brokers, topicPrefix }: { brokers: string[]; topicPrefix: string }) {
  const admin = new Kafka({ brokers, clientId: 'test-admin', logLevel: logLevel.NOTHING }).admin();
  return {
    connect: () => admin.connect(),
    close: () => admin.disconnect(),

    createTopic: async (topic: string, numPartitions: number) => {
      // kafkajs' own wait for leaders gives up when the broker does not know the topic yet.
      await admin.createTopics({ waitForLeaders: false, topics: [{ topic: topicPrefix + topic, numPartitions }] });
      await eventually(() => admin.fetchTopicOffsets(topicPrefix + topic));
    },

    /** A topic's own configuration, such as `retention.ms`. */
    configOf: async (topic: string, configNames: string[]): Promise<Record<string, string>> => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topicPrefix + topic, configNames }],
      });
      return Object.fromEntries(
        resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
      );
    },

    /** What a group has committed for a topic, by partition; those with a commit only. */
    committed: async (groupId: string, topic: string): Promise<Map<number, number>> => {
      const [found] = await admin.fetchOffsets({ groupId: topicPrefix + groupId, topics: [topicPrefix + topic] });
      return new Map(
        (found?.partitions ?? []).flatMap(({ partition, offset }) =>
          offset === '-1' ? [] : [[partition, Number(offset)]],
        ),
      );
    },
  };
}
