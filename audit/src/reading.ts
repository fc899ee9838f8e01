import { type Copy, openCopy } from './copy/copy';
import { copyInterests } from './copy/consumers';
import { copyReplicas } from './copy/mypage';
import { copyProvider } from './copy/provider';
import { copyServices } from './copy/services';
import { copyTopics, type TopicsCopy } from './copy/topics';
import type { AuditedSystem } from './system';

/** All that is audited as it was read last: what the invariants are asked of. */
export interface Reading {
  system: AuditedSystem;
  copy: Copy;
  topics: TopicsCopy;
}

export interface Reader {
  /** Reads everything (again); the reading before is gone. Throws Unreadable. */
  read(): Promise<Reading>;
  close(): Promise<void>;
}

export function createReader(system: AuditedSystem): Reader {
  const copy = openCopy();
  const topics = copyTopics(copy, system);

  return {
    // Stores between two looks at Kafka: what the stores say was sent or applied is in the messages up to the second look,
    // and what is in Kafka at the first look has its row in the stores.
    read: async () => {
      copy.clear();
      const before = await topics.ends();
      await Promise.all([copyServices(copy, system), copyReplicas(copy, system), copyProvider(copy, system)]);
      const after = await topics.ends();
      copy.insert(
        'topic_end',
        after.map(({ topic, partition, next }, index) => ({
          topic,
          partition,
          before: before[index]!.next,
          after: next,
        })),
      );
      copyInterests(copy, system.mypageDirs);
      await topics.reach(after);
      return { system, copy, topics };
    },
    close: async () => {
      await topics.stop();
      copy.close();
    },
  };
}
